// Whose page it is: a token that this tab keeps until it is closed.

const KEY = "token";

export class Session extends EventTarget {
  #token = sessionStorage.getItem(KEY);

  /** The key of the user; null for a guest. */
  get user() {
    return this.#token === null ? null : claims(this.#token).sub;
  }

  /** Raises an Error that says why not. */
  async signIn(token) {
    const answer = await fetch("/posts?limit=1", { headers: authorization(token) });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    this.#keep(token);
  }

  signOut() {
    this.#keep(null);
  }

  /** One that is good, for a Room. */
  async token() {
    return this.#token;
  }

  /** Of a path of the API: null where there is nothing for whoever asks. */
  async get(path) {
    const token = await this.token();
    const answer = await fetch(path, { headers: authorization(token), cache: "no-cache" });
    if (answer.status === 401 && token !== null) {
      this.signOut();
      return this.get(path);
    }
    if ([401, 403, 404, 422].includes(answer.status)) return null;
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  }

  #keep(token) {
    this.#token = token;
    if (token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, token);
    this.dispatchEvent(new Event("change"));
  }
}

function authorization(token) {
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** What is between the dots is JSON, in UTF-8. */
function claims(token) {
  const bytes = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.codePointAt(0))));
}
