// What every page loads. A page without what a module is for does not load the module.
import { keepAnswers, forgetOnSignOut } from "./keeping";

const IN_APP = /\b(FBAN|FBAV|Instagram|Line|Zalo|MicroMessenger)\b/i;

for (const hint of document.querySelectorAll<HTMLElement>("[data-in-app]")) {
  hint.hidden = !IN_APP.test(navigator.userAgent);
}
forgetOnSignOut();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-answer]")) keepAnswers(form);
const faults = document.getElementById("faults");
if (faults) faults.focus();
const uploads = document.querySelector<HTMLElement>("[data-uploads]");
if (uploads) void import("./uploads").then(({ showUploads }) => showUploads(uploads));
