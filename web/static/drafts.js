/* Saves what is written in a task's form a moment after the last key stroke and on leaving, and says so.
   Without this file the button "Spara utkast" does it. What the server has not got stays in this browser until it has. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  const line = document.getElementById("utkast-laget");
  if (!form || !line) return;
  const PAUSE = 1500, LONGEST_PAUSE = 8000, AGAIN = 10000, MOST_ON_LEAVING = 60000;
  const words = form.dataset, version = form.elements._version;
  const choose = document.getElementById("utkast-valj"), signIn = document.getElementById("utkast-logga-in");
  let changed = "unsaved" in words, failed = false, stopped = false, left = false;
  let timer = 0, since = 0, running = null;

  const say = (text, kind = "") => { line.textContent = text; line.parentElement.dataset.kind = kind; };
  const content = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => !(value instanceof File)));
  const keep = (sent) => {
    const kept = new URLSearchParams(sent);
    kept.delete("csrf_token");
    try { localStorage.setItem(words.key, kept.toString()); } catch { /* full or forbidden: the page still has it */ }
  };
  const forget = () => { try { localStorage.removeItem(words.key); } catch { /* as above */ } };
  const found = () => { try { return localStorage.getItem(words.key); } catch { return null; } };

  // The server shows both texts and lets one choose; `sent` is the one that it has not got.
  const offerChoice = (sent, text) => {
    stopped = true;
    say(text, "wait");
    choose.hidden = false;
    choose.onclick = () => {
      const other = document.createElement("form");
      other.method = "post";
      other.action = form.action;
      for (const [name, value] of sent) {
        const input = document.createElement("textarea");
        input.name = name;
        input.value = name === "csrf_token" ? form.elements.csrf_token.value : value;
        other.append(input);
      }
      other.hidden = true;
      document.body.append(other);
      failed = changed = false;
      forget();
      other.submit();
    };
  };

  const mark = (answered) => {
    for (const item of document.querySelectorAll("[data-mark]")) {
      const there = answered.includes(item.dataset.mark);
      item.classList.toggle("is-done", there);
      for (const part of item.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "done") !== there;
    }
  };

  const send = async (sent, leaving) => {
    const text = sent.toString();
    const answer = await fetch(words.draft, {
      method: "POST", body: sent, headers: { Accept: "application/json" }, redirect: "manual",
      keepalive: leaving && text.length < MOST_ON_LEAVING, signal: leaving ? undefined : AbortSignal.timeout(20000),
    });
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (told.csrf && sent.get("csrf_token") !== told.csrf) {
      for (const token of document.querySelectorAll("input[name=csrf_token]")) token.value = told.csrf;
      sent.set("csrf_token", told.csrf);
      return send(sent, leaving);
    }
    return { status: answer.type === "opaqueredirect" ? 401 : answer.status, told };
  };

  const later = (pause) => { clearTimeout(timer); timer = setTimeout(() => save(), pause); };

  const attempt = async (leaving) => {
    const sent = content();
    changed = false;
    if (leaving) keep(sent);
    let result = { status: 0, told: {} };
    try { result = await send(sent, leaving); } catch { /* no way to the server: status 0 */ }
    const { status, told } = result;
    signIn.hidden = status !== 401;
    failed = status !== 200;
    if (status === 200) {
      version.value = told.version;
      forget();
      say(told.message, "done");
      mark(told.answered);
    } else if (told.choose) {
      offerChoice(sent, told.message);
    } else if (status === 422) {
      forget(); // it holds what may not be kept anywhere
      say(words.unfit.replace("{reason}", told.message), "late");
    } else if (status === 401) {
      keep(sent);
      say(words.signedOut, "wait");
      later(AGAIN);
    } else if (status === 0 || status >= 500) {
      keep(sent);
      say(words.offline, "wait");
      later(AGAIN);
    } else {
      stopped = true;
      say(told.message || words.offline, "late");
    }
  };

  const save = (leaving = false) => {
    if (stopped || running || !(changed || failed)) return running;
    clearTimeout(timer);
    since = 0;
    running = attempt(leaving).finally(() => { running = null; if (changed) later(PAUSE); });
    return running;
  };

  const typed = (event) => {
    if (event.target.type === "file") return;
    changed = true;
    since = since || Date.now();
    later(Date.now() - since > LONGEST_PAUSE ? 0 : PAUSE);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  const leave = () => { if (changed) { left = true; save(true); } };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave(); else if (failed) save();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("pageshow", (event) => { if (event.persisted && left) location.reload(); });
  window.addEventListener("beforeunload", (event) => { if (failed) event.preventDefault(); });
  // What is on its way comes first, else the two would look like two windows.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (running) {
      event.preventDefault();
      const pressed = event.submitter;
      running.then(() => form.requestSubmit(pressed));
      return;
    }
    stopped = true;
    failed = changed = false;
    forget();
  });

  // Something that the server never got: give it now, and show the page with it.
  const kept = found();
  if (kept) {
    const sent = new URLSearchParams(kept);
    sent.set("csrf_token", form.elements.csrf_token.value);
    send(sent, false).then(({ status, told }) => {
      if (status === 200) { forget(); location.reload(); }
      else if (told.choose) offerChoice(sent, told.message);
      else if (status === 422 || status === 403) forget();
    }).catch(() => later(AGAIN));
  } else if (changed) later(PAUSE);
})();

/* An at sign in a comment offers the names of those who can be told. The list below the field does the same. */
(() => {
  "use strict";
  const field = document.querySelector("textarea[data-mention]");
  const people = field && document.getElementById(field.dataset.mention);
  if (!people) return;
  const names = [...people.options].filter((option) => option.value).map((option) => option.text);
  const list = document.createElement("ul");
  const told = document.createElement("p");
  list.className = "mentions";
  list.hidden = true;
  told.className = "hidden";
  told.setAttribute("role", "status");
  field.after(list, told);

  const begun = () => /(?:^|\s)@([^@\n]{0,40})$/.exec(field.value.slice(0, field.selectionStart));
  const close = () => { list.hidden = true; list.replaceChildren(); told.textContent = ""; };
  const pick = (name) => {
    const [, part] = begun() || [null, ""];
    const end = field.selectionStart, start = end - part.length;
    field.setRangeText(`${name} `, start, end, "end");
    close();
    field.focus();
  };
  const offer = () => {
    const found = begun();
    const fitting = found ? names.filter((name) => name.toLowerCase().includes(found[1].toLowerCase())).slice(0, 6) : [];
    list.replaceChildren(...fitting.map((name) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => pick(name));
      item.append(button);
      return item;
    }));
    list.hidden = !fitting.length;
    told.textContent = fitting.length ? field.dataset.found.replace("{n}", fitting.length) : "";
  };
  field.addEventListener("input", offer);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("button").focus(); }
    if (event.key === "Escape") close();
  });
  list.addEventListener("keydown", (event) => {
    const all = [...list.querySelectorAll("button")], at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); (all[at + step] || field).focus(); }
    if (event.key === "Escape") { close(); field.focus(); }
  });
})();
