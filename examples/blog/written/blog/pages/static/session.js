// Who looks at the page: tokens that this tab keeps until it is closed. An access token that is about to end is exchanged.

const KEY = "session";
// In milliseconds.
const EARLY = 30_000;

export class Session extends EventTarget {
  #kept = JSON.parse(sessionStorage.getItem(KEY));
  #refreshing = null;

  /** The key of the user; null for a guest. */
  get user() {
    return this.#kept && claims(this.#kept.access).sub;
  }

  /** Raises an Error that says why not. */
  async signIn(email, password) {
    this.#begin(await post("/auth/login", { email, password }));
    this.#tell();
  }

  signOut() {
    const { refresh } = this.#kept ?? {};
    this.#end();
    if (refresh) post("/auth/logout", { refresh_token: refresh }).catch(() => {});
  }

  /** One that is good, for a Room; null for a guest. Raises an Error where the service does not answer. */
  async token() {
    if (this.#kept && this.#kept.until - EARLY < Date.now()) {
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
      await this.#refreshing;
    }
    return this.#kept?.access ?? null;
  }

  /** Of a path of the API: null where there is nothing for whoever asks. */
  async get(path) {
    const token = await this.token();
    const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
    const answer = await fetch(path, { headers, cache: "no-cache" });
    if (answer.status === 401 && token !== null) {
      this.#end();
      return null;
    }
    if ([401, 403, 404, 422].includes(answer.status)) return null;
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  }

  async #refresh() {
    const { user } = this;
    try {
      this.#begin(await post("/auth/refresh", { refresh_token: this.#kept.refresh }));
    } catch (error) {
      if (error.status !== 401) throw error;
      if (this.user === user) this.#end();
    }
  }

  #begin({ access_token, refresh_token, expires_in }) {
    this.#kept = { access: access_token, refresh: refresh_token, until: Date.now() + expires_in * 1000 };
    sessionStorage.setItem(KEY, JSON.stringify(this.#kept));
  }

  #end() {
    this.#kept = null;
    sessionStorage.removeItem(KEY);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** What is answered; raises an Error with the status, and with what the service says in words. */
async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const content = answer.status === 204 ? null : await answer.json();
  if (answer.ok) return content;
  throw Object.assign(new Error(content.detail), { status: answer.status });
}

/** What is between the dots is JSON, in UTF-8. */
function claims(token) {
  const bytes = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.codePointAt(0))));
}
