"use strict";
// Before anything is painted: whether there are scripts, and the colours that were chosen last time.
document.documentElement.classList.add("scripts");
try {
  const theme = localStorage.getItem("contract-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A page that was opened as a file may have no storage.
}
