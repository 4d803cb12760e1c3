"use strict";

// The theme's htmx must add no style element (the policy forbids it), run no text, store no page.
Object.assign(window.htmx.config, { includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0 });

document.addEventListener("DOMContentLoaded", () => {
  showWhileTyping();
  document.querySelector("[role=alert]")?.focus();
  mendForKeyboardAndReader();
});

/** Buttons that show a secret while it is typed. What is sent or left behind is hidden again. */
function showWhileTyping() {
  for (const button of document.querySelectorAll("[data-shows]")) {
    const box = document.getElementById(button.dataset.shows);
    const show = (shown) => {
      button.setAttribute("aria-pressed", String(shown));
      if (box.tagName === "INPUT") box.type = shown ? "text" : "password";
      else box.classList.toggle("secret-text", !shown);
    };
    button.hidden = false;
    button.addEventListener("click", () => show(button.getAttribute("aria-pressed") === "false"));
    box.form.addEventListener("submit", () => show(false));
    window.addEventListener("pagehide", () => show(false));
  }
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
