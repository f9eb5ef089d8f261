// The viewer of traces: draws the stories that stand in the page as JSON. Read from the end: `start` puts it together.
//
// A story (see `story` in __init__.py) has lanes, rows (one a step), states (one more than rows), stubs (messages that never
// arrive), causes, operations, and perhaps a loop. Text from a model is set as text, never as markup.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const ROW = 58, HEAD = 16, GUTTER = 44, WIDEST = 250, NARROWEST = 104;

// -- elements -----------------------------------------------------------------------------------------------------------

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return node;
}
const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const g = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function clip(text, pixels) {
  const room = Math.max(4, Math.floor(pixels / 6.6));
  return text.length <= room ? text : text.slice(0, room - 1) + "…";
}

// -- values, and what differs between two of them -------------------------------------------------------------------------

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const list = (open, items, close) => [open, ...items.flatMap((item, i) => (i ? [", ", item] : [item])), close];

// Returns a value as nodes; what differs from `before` (where given) is marked as deep inside as it differs.
function shown(value, before) {
  if (before === undefined || same(value, before)) return h("span", {}, ...plain(value, () => undefined));
  const inside = parts(value, before);
  return inside ? h("span", {}, ...inside) : h("mark", {}, ...plain(value, () => undefined));
}

function plain(value) {
  if (value === null) return [h("i", {}, "None")];
  if (typeof value === "boolean") return [value ? "True" : "False"];
  if (typeof value !== "object") return [String(value)];
  if (Array.isArray(value)) return list("[", value.map((v) => shown(v)), "]");
  if ("record" in value) return [value.record, ...list("(", Object.entries(value.fields).map(([k, v]) => h("span", {}, `${k}=`, shown(v))), ")")];
  if ("set" in value) return list("{", value.set.map((v) => shown(v)), "}");
  if ("tuple" in value) return list("(", value.tuple.map((v) => shown(v)), ")");
  if ("dict" in value) return list("{", value.dict.map(([k, v]) => h("span", {}, shown(k), ": ", shown(v))), "}");
  return [JSON.stringify(value)];
}

// The parts of two values of one shape, differing parts marked; null where they have no parts in common.
function parts(value, before) {
  if (value === null || before === null || typeof value !== "object" || typeof before !== "object") return null;
  if (Array.isArray(value) && Array.isArray(before)) {
    const items = value.map((v, i) => (i < before.length ? shown(v, before[i]) : h("mark", {}, shown(v))));
    return list("[", [...items, ...before.slice(value.length).map((v) => h("del", {}, shown(v)))], "]");
  }
  if ("record" in value && value.record === before.record)
    return [value.record, ...list("(", Object.entries(value.fields).map(([k, v]) => h("span", {}, `${k}=`, shown(v, before.fields[k]))), ")")];
  if ("tuple" in value && "tuple" in before) return list("(", value.tuple.map((v, i) => shown(v, before.tuple[i])), ")");
  if ("set" in value && "set" in before) {
    const gone = before.set.filter((b) => !value.set.some((v) => same(v, b))).map((v) => h("del", {}, shown(v)));
    return list("{", [...value.set.map((v) => (before.set.some((b) => same(v, b)) ? shown(v) : h("mark", {}, shown(v)))), ...gone], "}");
  }
  if ("dict" in value && "dict" in before) {
    const old = new Map(before.dict.map(([k, v]) => [JSON.stringify(k), v]));
    const present = new Set(value.dict.map(([k]) => JSON.stringify(k)));
    const items = value.dict.map(([k, v]) => {
      const key = JSON.stringify(k);
      return old.has(key) ? h("span", {}, shown(k), ": ", shown(v, old.get(key))) : h("mark", {}, shown(k), ": ", shown(v));
    });
    return list("{", [...items, ...before.dict.filter(([k]) => !present.has(JSON.stringify(k))).map(([k]) => h("del", {}, shown(k)))], "}");
  }
  return null;
}

// -- the sequence diagram -------------------------------------------------------------------------------------------------

class Diagram {
  constructor(story, choose, room) {
    this.story = story;
    this.choose = choose;
    this.lane = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((room - GUTTER) / story.lanes.length)));
    this.x = new Map(story.lanes.map((lane, i) => [lane.label, GUTTER + this.lane * (i + 0.5)]));
    this.width = GUTTER + this.lane * story.lanes.length;
    this.height = HEAD + ROW * (story.rows.length + 1) + 20;
    this.rows = story.rows.map((row) => this.row(row));
    this.lost = story.stubs.map((stub) => ({ stub, node: this.stub(stub) }));
    this.node = h("div", { class: "diagram", tabindex: 0, role: "group", "aria-label": "sequence diagram" }, this.header(), this.drawing());
  }

  y(number) {
    return HEAD + ROW * number;
  }

  header() {
    const names = this.story.lanes.map((lane) =>
      h("button", { class: "lane", type: "button", style: `width:${this.lane}px`, title: `show only ${lane.label}`, onclick: () => filterBy(`process:"${lane.label}"`) }, lane.label));
    return h("div", { class: "lanes", style: `width:${this.width}px` }, h("span", { style: `width:${GUTTER}px` }), ...names);
  }

  drawing() {
    const svg = g("svg", { width: this.width, height: this.height, viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": `${this.story.rows.length} steps in ${this.story.lanes.length} lanes` });
    const head = (id) => g("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" }, g("path", { d: "M0 0L8 4L0 8z" }));
    svg.append(g("defs", {}, head("tip")), ...this.lifelines(), ...this.operations(), ...this.loop(), ...this.rows.map((r) => r.band), ...this.lost.map((l) => l.node), ...this.rows.map((r) => r.lines), ...this.rows.map((r) => r.node));
    return svg;
  }

  // A lane is solid while its process is up and dotted while it is down.
  lifelines() {
    return this.story.lanes.flatMap((lane) => {
      const downs = this.story.states.map((s, i) => (s ? s.down : this.story.states[i - 1].down).includes(lane.label));
      const x = this.x.get(lane.label), pieces = [];
      downs.forEach((down, i) => {
        const top = i ? this.y(i) : 0, bottom = i === downs.length - 1 ? this.height : this.y(i + 1);
        pieces.push(g("line", { x1: x, y1: top, x2: x, y2: bottom, class: down ? "life down" : lane.shared ? "life shared" : "life" }));
      });
      return pieces;
    });
  }

  operations() {
    return this.story.operations.map((operation) => {
      const x = this.x.get(operation.client) - 16, top = this.y(operation.start), bottom = operation.end === null ? this.height - 4 : this.y(operation.end);
      const text = operation.text;
      return g("g", { class: operation.end === null ? "operation pending" : "operation" }, g("rect", { x: x - 5, y: top - 10, width: 10, height: bottom - top + 20, rx: 5 }), g("title", {}, text),
        g("text", { x: x - 9, y: (top + bottom) / 2, transform: `rotate(-90 ${x - 9} ${(top + bottom) / 2})`, "text-anchor": "middle" }, clip(text, bottom - top + 40)));
    });
  }

  loop() {
    if (this.story.loop === null) return [];
    const top = this.y(this.story.loop + 1) - ROW / 2, bottom = this.y(this.story.rows.length) + ROW / 2;
    return [g("rect", { class: "loop", x: 4, y: top, width: this.width - 8, height: bottom - top, rx: 8 }),
      g("text", { class: "loop", x: this.width - 12, y: top + 14, "text-anchor": "end" }, "↻ repeats for ever")];
  }

  // A message that never arrives: lost at once, or in flight at the end.
  stub(stub) {
    const from = this.x.get(stub.source), to = this.x.get(stub.target), away = Math.sign(to - from) || 1, lost = stub.fate === "lost";
    const end = from + away * this.lane * 0.36, top = this.y(stub.sent) + 4, low = top + ROW * 0.3;
    const mark = lost ? g("text", { x: end + away * 7, y: low + 5, "text-anchor": "middle", class: "cross" }, "✕") : g("circle", { cx: end, cy: low, r: 3 });
    return g("g", { class: lost ? "stub lost" : "stub pending" }, g("line", { x1: from, y1: top, x2: end, y2: low }), mark, g("title", {}, `${stub.text} to ${stub.target}: ${stub.fate}`));
  }

  row(row) {
    const y = this.y(row.number), kind = [row.causal ? "causal" : "aside", row.fault ? "fault" : "", row.failed ? "failed" : ""].join(" ");
    const layer = (...children) => g("g", { class: `row ${kind}`, onclick: () => this.choose(row.number) }, ...children);
    const band = layer(g("rect", { class: "band", x: 0, y: y - ROW / 2, width: this.width, height: ROW }));
    const lines = layer(...row.arrows.map((a) => this.arrow(a, y)));
    const node = layer(g("title", {}, `${row.number}. ${row.text}`), g("text", { class: "number", x: GUTTER - 12, y: y + 4, "text-anchor": "end" }, row.number),
      ...this.notes(row, y), ...row.actors.map((label) => this.event(row, label, y)), ...row.arrows.filter((a) => a.text).map((a) => this.name(a, y)));
    node.setAttribute("data-row", row.number);
    return { band, lines, node, row, text: searchable(row) };
  }

  event(row, label, y) {
    const x = this.x.get(label), received = row.arrows.some((a) => a.way === "delivered");
    if (row.step === "crash") return g("text", { class: "symbol", x, y: y + 7, "text-anchor": "middle" }, "✖");
    if (row.step === "restart" || row.step === "amnesia") return g("text", { class: "symbol", x, y: y + 6, "text-anchor": "middle" }, row.step === "restart" ? "↻" : "∅");
    if (received) return g("circle", { class: "event", cx: x, cy: y, r: 5 });
    const wide = this.lane - 18;
    return g("g", { class: "event" }, g("rect", { x: x - wide / 2, y: y - 11, width: wide, height: 22, rx: 5 }), g("text", { x, y: y + 4, "text-anchor": "middle" }, clip(row.title, wide - 8)));
  }

  // What changed, in small print under the event; a fault says its name.
  notes(row, y) {
    const fault = row.fault && ["crash", "restart", "amnesia"].includes(row.step) ? row.actors.map((label) => this.note(label, y + 22, row.step)) : [];
    return [...fault, ...Object.entries(row.changes).filter(() => !fault.length).map(([label, found]) => this.note(label, y + 22, found.join("  ")))];
  }

  note(label, y, text) {
    return g("text", { class: "note", x: this.x.get(label), y, "text-anchor": "middle" }, clip(text, this.lane - 4));
  }

  // Where a message's arrow runs: from below the sending event to the receiving one, or as far as a lost message gets.
  course(arrow, y) {
    const from = this.x.get(arrow.source), to = this.x.get(arrow.target), away = Math.sign(to - from), top = (arrow.sent ? this.y(arrow.sent) : HEAD) + 4;
    const reach = arrow.way === "dropped" ? 0.72 : 1;
    return { from, to, away, top, x: from + (to - from) * reach - away * 7, y: top + (y - top) * reach };
  }

  arrow(arrow, y) {
    const { from, to, away, top, x, y: bottom } = this.course(arrow, y);
    if (!arrow.text) return this.link(arrow, from, to, y);
    if (from === to) return g("g", { class: "arrow" }, g("path", { d: `M${from} ${top}C${from + 46} ${top} ${from + 46} ${y} ${from + 7} ${y}`, "marker-end": "url(#tip)" }));
    const mark = arrow.way === "dropped" ? g("text", { class: "cross", x: x + away * 8, y: bottom + 5, "text-anchor": "middle" }, "✕") : null;
    return g("g", { class: `arrow ${arrow.way}` }, g("line", { x1: from, y1: top, x2: x, y2: bottom, "marker-end": arrow.way === "delivered" ? "url(#tip)" : null }), mark);
  }

  // The message's content, on its arrow, half a row above the arrow's end: there it is clear of other rows' events.
  name(arrow, y) {
    const { from, to, top, x, y: bottom } = this.course(arrow, y), text = arrow.way === "delivered" ? arrow.text : `${arrow.way}: ${arrow.text}`;
    const middle = Math.max(bottom - ROW * 0.46, (top + bottom) / 2);
    return this.tag(text, from === to ? from + 44 : from + ((x - from) * (middle - top)) / Math.max(1, bottom - top), middle);
  }

  link(arrow, from, to, y) {
    const cut = arrow.way.startsWith("cut"), both = arrow.way.endsWith("both"), middle = (from + to) / 2;
    const text = `${cut ? "✂ cut" : "⚭ healed"} ${both ? "↔" : from < to ? "→" : "←"}`;
    return g("g", { class: cut ? "link cut" : "link healed" }, g("line", { x1: from, y1: y, x2: to, y2: y }), g("text", { x: middle, y: y - 6, "text-anchor": "middle" }, text));
  }

  tag(text, x, y) {
    const short = clip(text, this.lane * 1.2), wide = short.length * 6.4 + 8;
    return g("g", { class: "tag" }, g("rect", { x: x - wide / 2, y: y - 11, width: wide, height: 15, rx: 3 }), g("text", { x, y, "text-anchor": "middle" }, short), g("title", {}, text));
  }

  show(step) {
    for (const { band, lines, node, row } of this.rows)
      for (const layer of [band, lines, node]) {
        layer.classList.toggle("current", row.number === step);
        layer.classList.toggle("future", row.number > step);
      }
    for (const { stub, node } of this.lost) node.classList.toggle("future", stub.sent > step);
    const scroll = this.node, top = Math.max(0, this.y(step) - scroll.clientHeight / 2 + 30), far = Math.abs(top - scroll.scrollTop) > 600;
    scroll.scrollTo({ top, behavior: far || calm() ? "auto" : "smooth" });
  }

  filter(query) {
    let matches = 0;
    for (const { lines, node, text } of this.rows) {
      const out = query !== null && !query(text);
      for (const layer of [lines, node]) layer.classList.toggle("filtered", out);
      matches += out ? 0 : 1;
    }
    return matches;
  }
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// -- search ---------------------------------------------------------------------------------------------------------------

function searchable(row) {
  const lanes = [...row.actors, ...Object.keys(row.changes), ...row.arrows.flatMap((a) => [a.source, a.target])];
  return { process: lanes.join("\n"), message: [...row.arrows.map((a) => a.text), ...row.sent].join("\n"), field: Object.values(row.changes).flat().join("\n"), any: [row.text, row.title, ...lanes, ...row.arrows.map((a) => a.text), ...row.sent, ...Object.values(row.changes).flat()].join("\n") };
}

// `server process:"Server 1" message:vote field:term`: every word has to be found, in any case of letters.
function parseQuery(text) {
  const words = [...text.matchAll(/(?:(process|message|field):)?(?:"([^"]*)"|(\S+))/gi)].map((m) => [(m[1] || "any").toLowerCase(), (m[2] ?? m[3]).toLowerCase()]);
  return words.length ? (row) => words.every(([where, word]) => row[where].toLowerCase().includes(word)) : null;
}

let filterBy = () => {};

// -- one story --------------------------------------------------------------------------------------------------------------

class View {
  constructor(story, choose, room) {
    this.story = story;
    this.diagram = new Diagram(story, choose, room);
    this.states = h("div", { class: "states" });
    this.flight = h("ul", { class: "flight" });
    const panel = (title, open, ...content) => h("details", { open }, h("summary", {}, title), ...content);
    this.node = h("section", { class: "view", "aria-label": story.name }, this.heading(), h("div", { class: "columns" }, this.diagram.node,
      h("aside", {}, panel("Why", true, this.why()), panel("State", true, this.states), panel("In flight", true, this.flight))));
  }

  heading() {
    const story = this.story;
    return h("header", {}, h("h1", {}, h("span", { class: `verdict ${story.verdict}` }, story.verdict), " ", story.name === `(${story.verdict})` ? story.model : story.name), h("p", {}, story.statement),
      h("p", { class: "configuration" }, [story.model, ...story.configuration].join(" · ")));
  }

  why() {
    if (this.story.error) return h("pre", { class: "error" }, this.story.error);
    if (this.story.verdict === "walked") return h("p", {}, "No property is violated at the end of this walk.");
    const remarks = this.story.remarks.map((text) => h("p", {}, text));
    if (!this.story.causes.length && !remarks.length) return h("p", {}, "Nothing more is known than the last state.");
    return h("div", {}, ...remarks, h("dl", { class: "why" }, ...this.story.causes.flatMap((cause) => [h("dt", {}, h("code", {}, cause.text), cause.line ? ` (line ${cause.line})` : ""), ...Object.entries(cause.values).map(([k, v]) => h("dd", {}, h("code", {}, k), " is ", h("code", {}, v)))])));
  }

  // Steps past the end of a lasso go round its loop; `at` is the step of the story that a position stands for.
  at(position) {
    const last = this.story.rows.length, loop = this.story.loop;
    if (position <= last || loop === null) return Math.min(position, last);
    return loop + 1 + ((position - last - 1) % (last - loop));
  }

  show(position) {
    const step = this.at(position), state = this.story.states[step], before = step ? this.story.states[step - 1] : undefined;
    this.diagram.show(step);
    this.states.replaceChildren(...(state ? this.story.lanes.map((lane) => this.card(lane, state, before)) : [h("p", { class: "error" }, "This step ends in an error of the model: there is no state after it.")]));
    const flight = state ? state.flight : [];
    this.flight.replaceChildren(...flight.map((e) => h("li", {}, `${e.source} → ${e.target}: `, shown(e.message))), ...(flight.length ? [] : [h("li", { class: "none" }, "nothing")]));
  }

  card(lane, state, before) {
    const old = before ? before.fields[lane.label] : undefined, fields = state.fields[lane.label] || {};
    const changed = (name) => old !== undefined && !same(fields[name], old[name]);
    const down = state.down.includes(lane.label);
    return h("div", { class: `card${down ? " down" : ""}${Object.keys(fields).some(changed) ? " changed" : ""}` }, h("h3", {}, lane.label, down ? h("span", { class: "badge" }, "down") : null),
      h("table", {}, ...Object.keys(fields).map((name) => h("tr", { class: changed(name) ? "changed" : null }, h("th", { scope: "row" }, name), h("td", {}, shown(fields[name], old && old[name]), changed(name) ? h("small", {}, " was ", shown(old[name])) : null)))));
  }

  spoken(position) {
    const step = this.at(position);
    return step === 0 ? "initial state" : `step ${step}: ${this.story.rows[step - 1].text}`;
  }
}

// -- the controls -------------------------------------------------------------------------------------------------------------

class Player {
  constructor(stories) {
    const room = window.innerWidth < 900 ? window.innerWidth - 40 : (window.innerWidth / stories.length) * 0.62 - 30;
    this.views = stories.map((story) => new View(story, (step) => this.go(step), room));
    this.last = Math.max(...stories.map((s) => s.rows.length));
    this.endless = stories.some((s) => s.loop !== null);
    this.position = 0;
    this.timer = null;
    this.slider = h("input", { type: "range", min: 0, max: this.last, value: 0, "aria-label": "step", oninput: () => this.go(Number(this.slider.value)) });
    this.count = h("output", { class: "count" });
    this.live = h("p", { class: "live", role: "status", "aria-live": "polite" });
    this.search = h("input", { type: "search", placeholder: 'filter: vote process:"Server 1" field:term', "aria-label": "filter steps", oninput: () => this.filter() });
    this.found = h("span", { class: "found", role: "status" });
    this.playing = h("button", { type: "button", onclick: () => this.play(), "aria-pressed": "false" }, "▶ play");
    filterBy = (text) => { this.search.value = this.search.value === text ? "" : text; this.filter(); };
  }

  controls() {
    const button = (text, label, act) => h("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
    return h("nav", { class: "controls", "aria-label": "steps" }, button("|◀", "first step (Home)", () => this.go(0)), button("◀", "previous step (Left)", () => this.go(this.position - 1)), this.playing,
      button("▶", "next step (Right)", () => this.go(this.position + 1)), button("▶|", "last step (End)", () => this.go(this.last)), this.slider, this.count, this.search, this.found,
      button("◐", "dark or light", turnTheme), h("a", { class: "permalink", href: "#step=0", title: "link to this step" }, "link"), this.live);
  }

  go(position) {
    const end = this.endless ? Infinity : this.last;
    this.position = Math.min(Math.max(0, position), end);
    this.slider.value = Math.min(this.position, this.last);
    const rounds = this.position > this.last ? ", in the loop" : "";
    this.count.textContent = `${Math.min(this.position, this.endless ? this.position : this.last)} / ${this.last}${rounds}`;
    for (const view of this.views) view.show(this.position);
    this.live.textContent = this.views.map((v) => v.spoken(this.position)).join(" | ");
    const link = this.link(this.position);
    document.querySelector("a.permalink")?.setAttribute("href", link);
    if (window.location.hash !== link) window.history.replaceState(null, "", link);
  }

  link(position) {
    return `#step=${position}`;
  }

  play() {
    const stop = () => { window.clearInterval(this.timer); this.timer = null; };
    if (this.timer) stop();
    else {
      if (this.position >= this.last && !this.endless) this.go(0);
      this.timer = window.setInterval(() => { this.go(this.position + 1); if (this.position >= this.last && !this.endless) { stop(); this.label(); } }, 900);
    }
    this.label();
  }

  label() {
    this.playing.textContent = this.timer ? "❚❚ pause" : "▶ play";
    this.playing.setAttribute("aria-pressed", String(this.timer !== null));
  }

  filter() {
    const query = parseQuery(this.search.value), matches = this.views.map((v) => v.diagram.filter(query)).reduce((a, b) => a + b, 0);
    this.found.textContent = query ? `${matches} of ${this.views.reduce((n, v) => n + v.story.rows.length, 0)} steps` : "";
  }

  key(event) {
    if (event.target.matches("input:not([type=range]), select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowRight: 1, ArrowDown: 1, j: 1, ArrowLeft: -1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 };
    if (event.key in moves) this.go(this.position + moves[event.key]);
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.last);
    else if (event.key === " " && !event.target.matches("button, summary, a")) this.play();
    else if (event.key === "/") this.search.focus();
    else return;
    event.preventDefault();
  }
}

function turnTheme() {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

// Where two traces first differ: the first row whose text is not the same.
function difference([left, right]) {
  const length = Math.max(left.rows.length, right.rows.length);
  for (let i = 0; i < length; i++) {
    const a = left.rows[i]?.text ?? "(ends)", b = right.rows[i]?.text ?? "(ends)";
    if (a !== b) return { step: i + 1, text: `first difference at step ${i + 1}: ${a} | ${b}` };
  }
  return { step: 0, text: "the two traces take the same steps" };
}

function start(data) {
  const player = new Player(data.stories);
  const first = data.stories.length === 2 ? difference(data.stories) : null;
  const banner = first && h("button", { class: "difference", type: "button", onclick: () => player.go(first.step) }, first.text);
  document.body.append(h("main", { class: data.stories.length === 2 ? "two" : "one" }, player.controls(), banner ?? "", h("div", { class: "views" }, ...player.views.map((v) => v.node))));
  document.addEventListener("keydown", (event) => player.key(event));
  const linked = () => Number(/step=(\d+)/.exec(window.location.hash)?.[1] ?? (first ? first.step : player.last));
  window.addEventListener("hashchange", () => player.go(linked()));
  player.go(linked());
}

const embedded = document.getElementById("data");
if (embedded) start(JSON.parse(embedded.textContent));
