// A certified OpenID provider for one test, on a port of this machine: anybody signs in under any name.
import Provider from "oidc-provider";

const port = Number(process.env.PROVIDER_PORT);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "congvan",
      client_secret: "a secret & more:",
      redirect_uris: ["http://127.0.0.1:9/callback"],
      application_type: "native",
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub", "ma_can_bo"], profile: ["name"], email: ["email"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ma_can_bo: `CB-${id}`, name: `Tên ${id}`, email: `${id}@tinh.example` }),
  }),
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
