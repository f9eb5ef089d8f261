// A walk by hand: the viewer's own player on the steps walked so far, and beside it what can happen next.
//
// The server keeps every point that was reached; the page knows the way to the furthest one and where it stands on it. It
// asks by POST, with the key that it came with. Read from the end: `Explorer` puts it together.
"use strict";

class Trail extends Player {
  constructor(explorer, found) {
    super([found.story]);
    this.explorer = explorer;
    this.path = found.path;
  }

  link(position) {
    return `#point=${this.path ? this.path[position] : 0}`;
  }

  go(position) {
    super.go(position);
    this.explorer?.stand(this.path[this.position]);
  }
}

class Explorer {
  constructor({ key }) {
    this.key = key;
    this.trail = null;
    this.point = -1;
    this.steps = h("ol", { class: "steps", "aria-label": "what can happen" });
    this.ending = h("p", { class: "ending" });
    this.truths = h("ul", { class: "truths" });
    this.starts = h("div", { class: "choices" });
    this.bookmarks = h("div", { class: "choices", "aria-label": "bookmarks" });
    this.outcome = h("p", { class: "outcome", role: "status" });
    this.error = h("pre", { class: "error", role: "alert" });
    this.goal = h("input", { type: "text", placeholder: "a condition, as a property would say it", "aria-label": "condition", spellcheck: "false", onkeydown: (e) => e.key === "Enter" && this.run("condition", this.goal.value) });
    this.name = h("input", { type: "text", placeholder: "name", "aria-label": "bookmark name", onkeydown: (e) => e.key === "Enter" && this.mark() });
    this.named = h("select", { "aria-label": "property or step" });
    this.stop = this.button("stop", "stop the search", () => this.ask("stop", {}));
    this.stop.hidden = true;
    this.aside = this.panels();
    this.main = h("main", { class: "one exploring" });
    document.body.append(this.main);
    document.addEventListener("keydown", (event) => this.press(event));
    window.addEventListener("hashchange", () => this.linked() !== this.point && this.visit(this.linked()));
  }

  button(text, label, act) {
    return h("button", { type: "button", title: label, "aria-label": label, onclick: act }, text);
  }

  panels() {
    const panel = (title, ...content) => h("details", { open: true }, h("summary", {}, title), ...content);
    const acts = h("div", { class: "choices" }, this.button("↶ undo", "undo (u)", () => this.undo()), this.button("to a violation", "run to a violation (v)", () => this.run("violation", "")), this.button("export", "export the walk as a trace (e)", () => this.save()), this.stop);
    const goals = [h("div", { class: "goal" }, this.named, this.button("go there", "run to the property or step", () => this.run("named", this.named.value))),
      h("div", { class: "goal" }, this.goal, this.button("go there", "run to the condition", () => this.run("condition", this.goal.value)))];
    return [h("div", { class: "acts" }, acts, this.outcome, this.error), panel("What can happen", this.starts, this.ending, this.steps), panel("Properties here", this.truths),
      panel("Run to", ...goals), panel("Bookmarks", this.bookmarks, h("div", { class: "goal" }, this.name, this.button("mark", "bookmark this state", () => this.mark())))];
  }

  // -- asking the server ------------------------------------------------------------------------------------------------------

  async ask(verb, body) {
    const response = await fetch(`/${verb}`, { method: "POST", headers: { "content-type": "application/json", "x-quorate-key": this.key }, body: JSON.stringify(body) });
    return response.headers.get("content-type")?.startsWith("application/json") ? response.json() : { error: await response.text() };
  }

  // Asks for what changes the walk: one request at a time, its errors said.
  async change(verb, body) {
    if (this.busy) return null;
    this.busy = true;
    this.main.setAttribute("aria-busy", "true");
    this.error.textContent = this.outcome.textContent = "";
    const slow = window.setTimeout(() => { this.stop.hidden = false; this.outcome.textContent = "searching …"; }, 300);
    let found;
    try {
      found = await this.ask(verb, body);
    } catch {
      found = { error: "the server does not answer: is `quorate explore` still running?" };
    }
    window.clearTimeout(slow);
    this.stop.hidden = true;
    this.busy = false;
    this.main.removeAttribute("aria-busy");
    this.outcome.textContent = found.outcome ?? "";
    this.error.textContent = found.error ?? "";
    if (found.story) this.draw(found);
    else if (found.look) this.describe(found.look);
    return found;
  }

  linked() {
    return Number(/point=(\d+)/.exec(window.location.hash)?.[1] ?? 0);
  }

  async visit(point) {
    const found = await this.change("show", { point });
    if (found?.error && point !== 0 && !this.trail) await this.visit(0);
  }

  // What is listed may still be that of the point before: then nothing is taken.
  async take(step) {
    if (this.described === this.point) await this.change("take", { point: this.point, step });
  }

  run(kind, text) {
    return this.change("run", { point: this.point, kind, text });
  }

  async mark() {
    const found = await this.change("mark", { point: this.point, name: this.name.value });
    if (found && !found.error) this.name.value = "";
  }

  undo() {
    this.trail.go(this.trail.position - 1);
  }

  async save() {
    const found = await this.change("trace", { point: this.point });
    if (!found?.trace) return;
    const link = h("a", { href: URL.createObjectURL(new Blob([JSON.stringify(found.trace, null, 1) + "\n"], { type: "application/json" })), download: `${found.trace.origin.model}.walk.json` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // -- drawing ----------------------------------------------------------------------------------------------------------------

  draw(found) {
    const focus = document.activeElement, inSteps = this.steps.contains(focus) || focus === document.body;
    this.trail = new Trail(this, found);
    this.main.replaceChildren(this.trail.controls(), h("div", { class: "views" }, ...this.trail.views.map((v) => v.node)));
    this.main.querySelector("aside").prepend(...this.aside);
    this.point = found.look.point;
    this.describe(found.look);
    this.trail.go(this.trail.last);
    if (inSteps) this.steps.querySelector("button")?.focus();
    else if (focus.isConnected) focus.focus();
  }

  // Stands at another point of the trail: the story is here already, what can happen there is asked for.
  async stand(point) {
    if (point === this.point) return;
    this.point = point;
    this.main.setAttribute("aria-busy", "true");
    const { look } = await this.ask("look", { point });
    if (look && look.point === this.point) this.describe(look);
  }

  describe(look) {
    this.described = look.point;
    if (look.point === this.point && !this.busy) this.main.removeAttribute("aria-busy");
    this.steps.replaceChildren(...look.steps.map((step) => this.step(step)));
    this.ending.textContent = look.ending;
    this.truths.replaceChildren(...look.truths.map((t) => h("li", { class: t.standing.replace(" ", "-") }, h("b", {}, t.standing), ` ${t.name} `, h("small", {}, t.modality), t.statement ? h("div", { class: "statement" }, t.statement) : null, t.error ? h("pre", { class: "error" }, t.error) : null)));
    this.starts.replaceChildren(...(look.starts.length > 1 && look.starts.includes(look.point) ? look.starts.map((p) => this.button(`initial state ${p + 1}`, `begin in initial state ${p + 1}`, () => this.visit(p))) : []));
    this.bookmarks.replaceChildren(...look.bookmarks.map((b) => this.button(b.name, `jump to ${b.name}`, () => this.visit(b.point))));
    if (!this.named.options.length) this.named.append(...look.goals.map((name) => h("option", {}, name)));
  }

  step(step) {
    const marks = step.shows.map((s) => h("span", { class: s.startsWith("violates") ? "badge" : "badge good" }, s));
    return h("li", {}, h("button", { type: "button", class: step.fault ? "fault" : null, onclick: () => this.take(step.number) }, h("span", { class: "what" }, step.text), ...marks,
      ...step.effects.map((effect) => h("small", {}, effect)), step.error ? h("small", { class: "error" }, `an error of the model: ${step.error}`) : null));
  }

  // -- the keyboard -----------------------------------------------------------------------------------------------------------

  press(event) {
    if (!this.trail || event.target.matches("input:not([type=range]), select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { u: () => this.undo(), v: () => this.run("violation", ""), e: () => this.save(), b: () => this.name.focus(), c: () => this.goal.focus() };
    if (/^[1-9]$/.test(event.key)) this.take(Number(event.key));
    else if (event.key in acts) acts[event.key]();
    else return this.trail.key(event);
    event.preventDefault();
  }
}

const walk = new Explorer(JSON.parse(document.getElementById("walk").textContent));
walk.visit(walk.linked());
