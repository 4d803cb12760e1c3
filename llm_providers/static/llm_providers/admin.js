"use strict";

// The theme's htmx must add no style element (the policy forbids it), run no text, store no page.
Object.assign(window.htmx.config, { includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0 });

document.addEventListener("DOMContentLoaded", () => {
  showWhileTyping();
  sendTheChosenWayOnly();
  tellOfChosenFiles();
  copyWhatIsShownOnce();
  document.querySelector("[role=alert]")?.focus();
  watchConsumers();
  measureListsAgain();
  mendForKeyboardAndReader();
});

/** Buttons that show a secret while it is typed. What is sent or left behind is hidden again. */
function showWhileTyping() {
  for (const button of document.querySelectorAll("[data-shows]")) {
    const box = document.getElementById(button.dataset.shows);
    let shown = false;
    const show = (now) => {
      shown = now;
      button.firstElementChild.textContent = shown ? "Hide" : "Show";
      if (box.tagName === "INPUT") box.type = shown ? "text" : "password";
      else box.classList.toggle("secret-text", !shown);
    };
    button.hidden = false;
    button.addEventListener("click", () => show(!shown));
    box.form.addEventListener("submit", () => show(false));
    window.addEventListener("pagehide", () => show(false));
  }
}

/** What was typed for another way in is not sent; the page's style shows the chosen one only. */
function sendTheChosenWayOnly() {
  const ways = [...document.querySelectorAll(".way")];
  const choose = () => {
    for (const way of ways) way.querySelector(".way-fields").disabled = !way.querySelector("[name=way]").checked;
  };
  choose();
  for (const way of ways) way.querySelector("[name=way]").addEventListener("change", choose);
  window.addEventListener("pageshow", choose); // a browser that goes back keeps what was chosen
}

/** What a chosen key file is: the members that may be shown, as text. The rest of it is in no element. */
function tellOfChosenFiles() {
  for (const input of document.querySelectorAll("input[type=file]")) {
    input.hasChangeListener = true; // else the theme writes the file's name into the next text box
    const place = document.getElementById(`${input.id}_told`);
    const tell = async () => {
      const [file] = input.files;
      const told = file ? await whatItIs(file, input.dataset) : "";
      if (input.files[0] === file) place.textContent = told; // else another was chosen while this one was read
    };
    if (place) input.addEventListener("change", tell);
    if (place && input.files.length) tell(); // a browser that goes back keeps what was chosen
  }
}

async function whatItIs(file, { limit, tells }) {
  if (file.size > Number(limit)) return `This file is larger than ${Number(limit) / 1024} KiB: it is no key file.`;
  if (!tells) return "";
  let members;
  try {
    members = JSON.parse(await file.text());
  } catch {
    return "This is no JSON key file.";
  }
  const told = tells.split(" ").map((name) => [name, members?.[name]]);
  const short = told.filter(([, value]) => typeof value === "string" && value.length <= 256);
  if (!short.length) return "This is no key file: it names none of " + tells.replaceAll(" ", ", ") + ".";
  return short.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(" · ");
}

/** Buttons that copy what is shown this once. A page that is left, and perhaps kept by the browser, holds it no more. */
function copyWhatIsShownOnce() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    const shown = document.getElementById(button.dataset.copies);
    const told = document.getElementById("copied");
    button.hidden = false;
    button.addEventListener("click", async () => {
      window.getSelection().selectAllChildren(shown);
      try {
        await navigator.clipboard.writeText(shown.textContent);
        told.textContent = "Copied.";
      } catch {
        told.textContent = "The browser does not let this page copy: it is selected, press Ctrl+C.";
      }
    });
    window.addEventListener("pagehide", () => (shown.textContent = ""));
  }
}

/** The theme measures a list before its font is there, and keeps a scroll bar that nothing needs. */
function measureListsAgain() {
  const again = () => {
    for (const list of document.querySelectorAll("[data-simplebar]")) window.SimpleBar?.instances.get(list)?.recalculate();
  };
  window.addEventListener("load", () => document.fonts.ready.then(again));
}

/** What the theme lets one click, but not reach by keyboard or name; its icons are words to a reader. */
function mendForKeyboardAndReader() {
  const names = { dock_to_right: "Menu", unfold_more: "Account and theme", close: "Close", add: "Add" };
  const icons = ".material-symbols-outlined";
  for (const clicked of document.querySelectorAll("a, button, [x-on\\:click]")) {
    const icon = clicked.matches(icons) ? clicked : clicked.querySelector(icons);
    const words = clicked.textContent.trim();
    if (icon && words === icon.textContent.trim()) {
      clicked.setAttribute("aria-label", clicked.title || names[words] || (words ? words.replaceAll("_", " ") : "Theme"));
    }
    if (clicked.matches("a[href], button, nav, [x-show]") || clicked.querySelector("a, button, input")) continue;
    if (!words && !icon) clicked.setAttribute("aria-label", names.close);
    clicked.tabIndex = 0;
    clicked.setAttribute("role", "button");
    clicked.addEventListener("keydown", (event) => {
      if (event.target === clicked && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        clicked.click();
      }
    });
  }
  for (const icon of document.querySelectorAll(`${icons}:not([role=button])`)) icon.setAttribute("aria-hidden", "true");
}

const WATCHED = "#step-wait, #step-revoke, #step-retire"; // what other people's requests move on; no form is in them
const WATCH_EVERY = 15_000; // milliseconds

/** While consumers are waited for, the steps fill themselves in. */
function watchConsumers() {
  const card = document.querySelector(".rotation[data-waiting]");
  if (!card) return;
  const timer = setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.pathname.replace(/[^/]+\/$/, "change/"), { redirect: "error" }).catch(() => null);
    const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const now = page?.querySelector(".rotation");
    if (!now) return;
    const same = now.dataset.state === card.dataset.state; // else its buttons are not those of this page
    if (!same || !("waiting" in now.dataset)) clearInterval(timer);
    if (!same) return;
    for (const step of now.querySelectorAll(WATCHED)) {
      const shown = document.getElementById(step.id);
      if (!shown.contains(document.activeElement) && !shown.isEqualNode(step)) shown.replaceWith(step);
    }
    const [told, tells] = [card, now].map((each) => each.querySelector("[role=status]"));
    if (told.textContent !== tells.textContent) told.textContent = tells.textContent;
  }, WATCH_EVERY);
}
