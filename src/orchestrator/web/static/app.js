// Comfort on top of pages that work without it: sending with Enter, keeping what is written, following the talk,
// saying when the connection is gone. It decides nothing: forms go to the same addresses with the same fields.
"use strict";
(() => {
  const NEAR_THE_END = 160; // pixels; who is closer wants to go on reading
  const RECONNECT = 5000;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (id, sentence) => { const place = one(id); if (place) place.textContent = sentence; };

  // --- What is written is kept until it has been sent -------------------------------------------------------------
  const draftOf = (field) => `draft ${location.pathname} ${field.id || field.name}`;
  const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft "));

  const restore = (root = document) => {
    for (const field of all("[data-draft]", root)) {
      const kept = sessionStorage.getItem(draftOf(field));
      if (kept && !field.value) field.value = kept;
    }
  };
  const forget = (form) => {
    for (const field of all("[data-draft]", form)) sessionStorage.removeItem(draftOf(field));
  };
  const remember = (field) => {
    if (field.value) sessionStorage.setItem(draftOf(field), field.value);
    else sessionStorage.removeItem(draftOf(field));
  };

  // A page that a form led to: when it is not one that asks to keep what was written, the writing has arrived.
  const arrived = () => {
    const sent = JSON.parse(sessionStorage.getItem("sent") || "[]");
    sessionStorage.removeItem("sent");
    if (!("keep" in document.body.dataset)) sent.forEach((key) => sessionStorage.removeItem(key));
    all("[data-kept]").forEach((note) => { note.hidden = drafts().length === 0; });
  };

  // --- Forms: once each, with a fresh key for the next -------------------------------------------------------------
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  let asked = null; // the decision that this person has just answered

  const busy = (form, on, pressed = null) => {
    form.toggleAttribute("data-sending", on);
    for (const button of [...form.elements].filter((element) => element.type === "submit")) {
      if (on) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
      button.classList.toggle("htmx-request", on && button === pressed);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get") return;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.getAttribute("action") === "/sign-out") sessionStorage.clear();
    if (form.dataset.gate) asked = form.dataset.gate;
    if (!form.hasAttribute("hx-post")) {
      const keys = all("[data-draft]", form).map(draftOf);
      sessionStorage.setItem("sent", JSON.stringify(keys));
    }
    busy(form, true, event.submitter);
  }, true);

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const form = ctx.sourceElement;
    if (!form?.matches?.("form") || ctx.response.status >= 400) return;
    forget(form);
    all("[data-note]", form).forEach((note) => { note.replaceChildren(); });
    if ("renew" in form.dataset) {
      form.reset();
      all("textarea", form).forEach((field) => { field.value = ""; field.removeAttribute("aria-invalid"); });
      one("[name=key]", form).value = newKey();
    }
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (form?.matches?.("form")) busy(form, false);
  });

  document.addEventListener("htmx:error", (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (source?.matches?.("form")) {
      asked = null;
      say("#alert", "That has not gone out: there is no connection. What you wrote is kept.");
    }
  });

  window.addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => busy(form, false)));

  // --- Keys and small manners --------------------------------------------------------------------------------------
  const writesWithThumbs = matchMedia("(pointer: coarse)");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details[name=dock][open]").forEach((menu) => { menu.open = false; });
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || writesWithThumbs.matches) return;
    if (!event.target.matches?.("[data-send]")) return;
    event.preventDefault();
    if (event.target.value.trim()) event.target.form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-draft]")) remember(event.target);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("details[name=dock]")) all("details[name=dock][open]").forEach((menu) => { menu.open = false; });
  });

  // --- Swaps: nothing twice, the end in view, focus where it belongs ------------------------------------------------
  let following = false;
  const atTheEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_THE_END;
  const toTheEnd = () => scrollTo({ top: document.documentElement.scrollHeight });

  document.addEventListener("htmx:before:swap", (event) => {
    following = Boolean(one("#conversation")) && atTheEnd();
    for (const { fragment, target, swapSpec } of event.detail.tasks) {
      if (!["beforeend", "afterbegin"].includes(swapSpec?.style) || !target?.querySelector) continue;
      for (const element of [...fragment.children]) {
        if (element.id && one(`#${CSS.escape(element.id)}`, target)) element.remove();
      }
    }
  });

  // The slip may come twice, from the answer and from the stream; when the one with the focus goes, the other has it.
  const nowhere = () => document.activeElement === document.body || document.activeElement?.closest("form[data-gate]");
  const focusOnce = (slip) => { if (nowhere() || !document.activeElement.isConnected) slip.focus(); };

  // What can be done for a short time only goes by itself; whoever is on it finds themselves on what it belonged to.
  const goesBySelf = (form) => {
    const lasts = Number(form.dataset.lasts) * 1000;
    delete form.dataset.lasts;
    setTimeout(() => {
      const slip = form.closest(".receipt");
      const focused = form.contains(document.activeElement);
      form.remove();
      if (focused) slip?.focus();
    }, lasts);
  };
  const timed = () => all("[data-lasts]").forEach(goesBySelf);
  timed();

  document.addEventListener("htmx:after:swap", () => {
    if (following) toTheEnd();
    following = false;
    restore();
    timed();
    if (!asked) return;
    const card = one(`#gate-${CSS.escape(asked)}`);
    if (card?.matches(".receipt")) focusOnce(card);
    else if (card) one("[aria-invalid=true]", card)?.focus();
  });

  // --- The connection ----------------------------------------------------------------------------------------------
  let known = null; // the status as it was when the connection went

  const clock = () => { const now = new Date(); return `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`; };
  const lowerFirst = (text) => text.charAt(0).toLowerCase() + text.slice(1);

  const lost = () => {
    if (one("#connection")) return;
    document.body.prepend(one("#offline").content.cloneNode(true));
    const status = one("#status");
    if (!status || known) return;
    known = status.innerHTML;
    const news = one("strong", status);
    news.textContent = `Last known, at ${clock()}: ${lowerFirst(news.textContent)}`;
  };
  const back = () => {
    one("#connection")?.remove();
    if (known && one("#status")) one("#status").innerHTML = known;
    known = null;
  };
  const again = (element) => setTimeout(() => {
    if (!element.isConnected) return;
    const fresh = element.cloneNode(false);
    fresh.removeAttribute("data-htmx-powered");
    element.replaceWith(fresh);
    htmx.process(fresh);
  }, RECONNECT);
  const isStream = (element) => element?.id === "stream";

  document.addEventListener("htmx:sse:error", (event) => {
    if (event.detail.status === 401) location.reload();
    else lost();
  });
  document.addEventListener("htmx:sse:after:connection", (event) => {
    if (event.detail.connection.status < 400) back();
  });
  document.addEventListener("htmx:error", (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (isStream(source)) { lost(); again(source); }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (!isStream(ctx.sourceElement)) return;
    if (ctx.response.status === 401) location.reload();
    else if (ctx.response.status >= 500 || ctx.response.status === 429) { lost(); again(ctx.sourceElement); }
  });
  window.addEventListener("offline", lost);
  window.addEventListener("online", () => { if (!one("#stream")) back(); });

  // --- At the start ------------------------------------------------------------------------------------------------
  arrived();
  restore();
  all("[data-zone]").forEach((field) => { field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || ""; });
  one("[aria-invalid=true]")?.focus();
  if (one("#conversation[data-end]") && !location.hash) toTheEnd();
})();
