// The page of a room: comments, what is said, and who is there. All texts become text, none becomes markup.

import { Room } from "./realtime.js";
import { Session } from "./session.js";

const POST = `/posts/${location.pathname.split("/")[2]}`;
const LIVE = `${location.origin.replace(/^http/, "ws")}${POST}/live`;
const AT_ONCE = 50;
// In milliseconds: how often others are told that somebody types, for how long they believe it, and how long it may take
// until what was said is heard.
const TELL_TYPING = 2500;
const BELIEVE_TYPING = 4000;
const PATIENCE = 10_000;
const TRY_AGAIN = 3000;
const STATES = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Connection lost, trying again…",
  closed: "Not live any more",
};

const session = new Session();
const element = (id) => document.getElementById(id);
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });

const names = new Map();
// By the key of the comment; those that nobody has confirmed by what they are known by here.
const shown = new Map();
const pending = new Map();
const present = new Set();
const typing = new Map();
let room = null;
let next = null;
let toldTyping = 0;

/** Anew, whenever it is another one who looks, and until the service answers. */
function start() {
  begin().catch(() => setTimeout(start, TRY_AGAIN));
}

async function begin() {
  room?.leave();
  room = null;
  for (const each of [shown, pending, present, typing]) each.clear();
  next = null;
  element("comments").replaceChildren();
  element("error").textContent = "";
  showTyping();
  showPresent();
  const user = session.user;
  element("me").hidden = element("sign-out").hidden = element("say").hidden = user === null;
  element("sign-in").hidden = user !== null;
  element("stranger").hidden = user !== null;
  if (user !== null) element("me").textContent = await nameOf(user);
  const post = await session.get(`${POST}?include=author`);
  if (session.user !== user) return;
  element("nothing").hidden = post !== null;
  element("room").hidden = post === null;
  document.title = post?.title ?? "Nothing here";
  if (post !== null) {
    showPost(post);
    await readComments();
    if (session.user === user) enter(user);
  }
  element("main").ariaBusy = "false";
}

function enter(user) {
  room?.leave();
  const here = (room = new Room(LIVE, user === null ? {} : { token: () => session.token() }));
  const on = (type, listener) =>
    here.addEventListener(type, (event) => here === room && listener(event.detail));
  showState("connecting");
  on("connected", connected);
  on("lost", lost);
  on("message", hear);
  on("closed", ({ code, reason }) => {
    // Who may not be here any more sees nothing of it any more either.
    if ([4401, 4403, 4441].includes(code)) start();
    else {
      lost();
      showState("closed", reason);
    }
  });
}

function connected() {
  showState("live");
  catchUp();
  [...pending.keys()].forEach(expectSaid);
}

function lost() {
  showState("lost");
  for (const { timer } of pending.values()) clearTimeout(timer);
}

function hear({ type, data }) {
  switch (type) {
    case "said":
      typing.delete(data.user_id);
      showTyping();
      forget(data.ref);
      show({ id: data.comment_id, body: data.text, user_id: data.user_id, created_at: data.at });
      break;
    case "typing":
      if (data.user_id !== session.user) believeTyping(data.user_id);
      break;
    case "present":
      present.clear();
      data.subjects.forEach((each) => present.add(each));
      showPresent();
      break;
    case "joined":
      present.add(data.subject);
      showPresent();
      break;
    case "left":
      present.delete(data.subject);
      typing.delete(data.subject);
      showTyping();
      showPresent();
      break;
    case "discontinuity":
      catchUp();
      break;
    case "error":
      refused(data);
  }
}

/** Somebody may have said something that was not heard. If the service does not answer, the next connection asks again. */
function catchUp() {
  readComments().catch(() => {});
}

/** The latest, or those before what is shown. */
async function readComments(cursor = null) {
  const query = new URLSearchParams({ sort: "-created_at", include: "author", limit: AT_ONCE });
  if (cursor !== null) query.set("cursor", cursor);
  const page = await session.get(`${POST}/comments?${query}`);
  if (page === null) return;
  if (cursor !== null || next === null) next = page.next_cursor;
  element("earlier").hidden = next === null;
  for (const each of page.items) {
    if (each.author) names.set(each.user_id, each.author.username);
    show(each, cursor !== null);
  }
  element("empty").hidden = shown.size > 0;
}

function show(comment, isOld = false) {
  if (shown.has(comment.id)) return;
  const scroll = element("scroll");
  const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const item = commentItem(comment);
  shown.set(comment.id, item);
  const items = [...element("comments").children];
  // What is not kept yet comes last.
  const before = items.find((each) => !(Number(each.dataset.at) <= Date.parse(comment.created_at)));
  element("comments").insertBefore(item, before ?? null);
  element("empty").hidden = true;
  if (!isOld && isAtEnd) scroll.scrollTop = scroll.scrollHeight;
}

function commentItem({ body, user_id, created_at = "" }) {
  const item = make("li", "comment");
  item.classList.toggle("mine", user_id === session.user);
  if (created_at) item.dataset.at = Date.parse(created_at);
  const face = make("span", "face");
  face.ariaHidden = "true";
  const by = make("p", "by");
  const name = make("b");
  named(user_id, name, face);
  by.append(name);
  if (created_at) {
    const time = make("time", "", moment.format(new Date(created_at)));
    time.dateTime = created_at;
    by.append(time);
  }
  const bubble = make("div", "bubble");
  bubble.append(by, make("p", "text", body));
  item.append(face, bubble);
  return item;
}

function say(text, ref = crypto.getRandomValues(new Uint32Array(3)).join("-")) {
  const item = commentItem({ body: text, user_id: session.user });
  item.classList.add("pending");
  item.querySelector(".by").append(make("span", "", "sending…"));
  element("comments").append(item);
  element("scroll").scrollTop = element("scroll").scrollHeight;
  pending.set(ref, { text, item });
  if (isLive()) expectSaid(ref);
  room.say("said", { text, ref });
}

/** What is said while there is no connection is sent once there is one. */
function expectSaid(ref) {
  const each = pending.get(ref);
  clearTimeout(each.timer);
  each.timer = setTimeout(() => showUnsaid(ref, each), PATIENCE);
}

function forget(ref) {
  const { item, timer } = pending.get(ref) ?? {};
  clearTimeout(timer);
  item?.remove();
  pending.delete(ref);
}

/** What was not said is there to be said again. */
function refused({ status, detail }) {
  element("error").textContent = `Not sent: ${detail}`;
  // Which of those that came too fast it is about is not told.
  const first = [...pending].find(([, { item }]) => item.classList.contains("pending"));
  if (status === 429 || !first) return;
  forget(first[0]);
  element("text").value ||= first[1].text;
}

function showUnsaid(ref, { text, item }) {
  item.classList.replace("pending", "unsure");
  const again = make("button", "link", "Not sent. Send it again");
  again.type = "button";
  again.addEventListener("click", () => {
    forget(ref);
    say(text, ref);
  });
  item.querySelector(".by span")?.replaceWith(again);
}

function showPost(post) {
  if (post.author) names.set(post.author.id, post.author.username);
  element("title").textContent = post.title;
  element("body").textContent = post.body;
  element("author").textContent = post.author ? `by ${post.author.username}` : "";
  element("date").textContent = post.published_on ? day.format(new Date(post.published_on)) : "";
  element("date").dateTime = post.published_on ?? "";
  element("status").hidden = post.status === "published";
  element("status").textContent = post.status;
}

function isLive() {
  return element("state").dataset.state === "live";
}

function showState(state, reason = "") {
  element("again").hidden = state !== "closed";
  element("state").dataset.state = state;
  element("state").textContent = reason ? `${STATES[state]}: ${reason}` : STATES[state];
}

function showPresent() {
  const items = [...present].map((id) => {
    const item = make("li");
    const face = make("span", "face");
    const name = make("span", "name");
    face.ariaHidden = "true";
    named(id, name, face, id === session.user ? " (you)" : "");
    item.append(face, name);
    return item;
  });
  element("here").replaceChildren(...items);
  element("count").textContent = present.size;
  element("nobody").hidden = present.size > 0;
}

function believeTyping(user) {
  typing.set(user, Date.now() + BELIEVE_TYPING);
  showTyping();
  setTimeout(showTyping, BELIEVE_TYPING + 50);
}

async function showTyping() {
  for (const [user, until] of typing) if (until < Date.now()) typing.delete(user);
  const found = await Promise.all([...typing.keys()].slice(0, 3).map(nameOf));
  const are = found.length === 1 ? "is" : "are";
  element("typing").textContent = found.length ? `${found.join(", ")} ${are} typing…` : "";
}

async function named(id, name, face, suffix = "") {
  const found = await nameOf(id);
  name.textContent = `${found}${suffix}`;
  face.textContent = [...found][0];
  face.style.setProperty("--hue", [...found].reduce((sum, each) => sum + 47 * each.codePointAt(0), 0) % 360);
}

/** Asked for once; users without a name that can be read are somebody. */
async function nameOf(id) {
  if (!names.has(id)) {
    const asked = session.get(`/users/${encodeURIComponent(id)}`).catch(() => null);
    names.set(id, asked.then((user) => user?.username ?? "somebody"));
  }
  return names.get(id);
}

function make(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function askWho() {
  element("dialog-error").textContent = "";
  element("credentials").reset();
  element("dialog").showModal();
}

element("sign-in").addEventListener("click", askWho);
element("sign-in-too").addEventListener("click", askWho);
element("cancel").addEventListener("click", () => element("dialog").close());
element("sign-out").addEventListener("click", () => session.signOut());
element("again").addEventListener("click", () => enter(session.user));
element("earlier").addEventListener("click", () => {
  readComments(next).catch((error) => (element("error").textContent = error.message));
});
element("credentials").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await session.signIn(element("email").value.trim(), element("password").value);
    element("dialog").close();
  } catch (error) {
    element("dialog-error").textContent = error.message;
  }
});
element("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("text").value.trim();
  if (!text) return;
  element("error").textContent = "";
  say(text);
  element("text").value = "";
  toldTyping = 0;
});
element("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("say").requestSubmit();
});
element("text").addEventListener("input", () => {
  if (Date.now() - toldTyping < TELL_TYPING || !isLive()) return;
  toldTyping = Date.now();
  room?.say("typing");
});
session.addEventListener("change", start);
start();
