// A client of the service's WebSocket channels, which connects again and hears what it missed.
//
//     const room = new Room("wss://example.org/posts/17/live", { token: async () => "…" });
//     room.addEventListener("message", ({ detail }) => console.log(detail.type, detail.data));
//     room.addEventListener("connected", () => console.log("what is said is heard again"));
//     room.addEventListener("lost", () => console.log("it connects again by itself"));
//     room.addEventListener("closed", ({ detail }) => console.log(detail.code, detail.reason));
//     room.say("said", { text: "Hello" });
//
// It stands alone, in browsers and in Node.js from version 22 on.

/** @typedef {{type: string, data: any, room: string, offset: number | null, epoch: string | null}} Message */

// Of those that a service closes with, what another attempt would not change.
const FINAL = new Set([1003, 1007, 1009, 4400, 4401, 4403, 4429, 4430, 4441, 4442]);
const LONGEST_WAIT = 30_000;

export class Room extends EventTarget {
  #url;
  #token;
  #position = null;
  #socket = null;
  #isIn = false;
  #waiting = [];
  #attempt = 0;
  #hasLeft = false;
  #timer;

  /**
   * `token` is asked for one at each attempt.
   * @param {string} url
   * @param {{token?: () => Promise<string>}} [options]
   */
  constructor(url, { token } = {}) {
    super();
    this.#url = url;
    this.#token = token;
    this.#connect();
  }

  /** A message of a type that the channel has. */
  say(type, data = null) {
    this.send({ type, data });
  }

  /** As JSON, once there is a connection. It is not sent again if that is lost then: nobody knows whether it was heard. */
  send(content) {
    const text = JSON.stringify(content);
    if (this.#isIn) this.#socket.send(text);
    else this.#waiting.push(text);
  }

  leave() {
    this.#hasLeft = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  async #connect() {
    const first = {};
    try {
      if (this.#token) first.authenticate = await this.#token();
    } catch {
      this.#again();
      return;
    }
    if (this.#hasLeft) return;
    if (this.#position) first.resume = this.#position;
    const socket = (this.#socket = new WebSocket(this.#url, ["hello"]));
    socket.onopen = () => socket.send(JSON.stringify(first));
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#lose(code, reason);
  }

  /** @param {Message} message */
  #hear(message) {
    this.#attempt = 0;
    if (message.offset !== null) {
      this.#position = { offset: message.offset, epoch: message.epoch };
    }
    if (message.type === "subscribed") {
      this.#isIn = true;
      for (const text of this.#waiting.splice(0)) this.#socket.send(text);
      this.dispatchEvent(new Event("connected"));
      return;
    }
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #lose(code, reason) {
    this.#isIn = false;
    if (this.#hasLeft || FINAL.has(code)) {
      this.#hasLeft = true;
      this.dispatchEvent(new CustomEvent("closed", { detail: { code, reason } }));
      return;
    }
    this.#again();
  }

  /** All that lose a server come back, but not at the same moment. */
  #again() {
    this.dispatchEvent(new Event("lost"));
    const longest = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(this.#attempt++, 10));
    this.#timer = setTimeout(() => this.#connect(), Math.random() * longest);
  }
}
