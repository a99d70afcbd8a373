// What every page loads. A page without what a module is for does not load the module.
import { watch } from "./idling";
import { forgetOnSignOut, Saving } from "./saving";

const IN_APP = /\b(FBAN|FBAV|Instagram|Line|Zalo|MicroMessenger)\b/i;

for (const hint of document.querySelectorAll<HTMLElement>("[data-in-app]")) {
  hint.hidden = !IN_APP.test(navigator.userAgent);
}
const offline = document.querySelector<HTMLElement>("[data-offline]");
const tell = (): void => {
  if (offline) offline.hidden = navigator.onLine;
};
window.addEventListener("online", tell);
window.addEventListener("offline", tell);
tell();
if (document.body.dataset.idle) watch(document.body);
forgetOnSignOut();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-answer]")) {
  const note = form.querySelector<HTMLElement>("[data-saved]");
  const told = (name: string): Record<string, string> =>
    JSON.parse(form.querySelector<HTMLTemplateElement>(`template[${name}]`)?.content.textContent ?? "{}") as Record<string, string>;
  if (note) new Saving(form, note, told("data-saving-words"), told("data-known"));
}
const faults = document.getElementById("faults");
if (faults) faults.focus();
const uploads = [...document.querySelectorAll<HTMLElement>("[data-uploads]")];
if (uploads.length) void import("./uploads").then(({ showUploads }) => uploads.forEach((each) => void showUploads(each)));
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-compose]")) {
  void import("./audience").then(({ previewAudiences }) => previewAudiences(form));
  void import("./units").then(({ chooseUnits }) => form.querySelectorAll<HTMLElement>("[data-units]").forEach(chooseUnits));
}
const keys = document.querySelector<HTMLDialogElement>("dialog[data-keys]");
if (keys) void import("./shortcuts").then(({ listen }) => listen(keys));
const corner = document.querySelector<HTMLElement>("[data-unread]");
if (corner) void import("./bell").then(({ listen }) => listen(corner));
