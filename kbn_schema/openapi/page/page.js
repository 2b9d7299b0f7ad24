"use strict";
{
  const root = document.documentElement;
  const nav = document.getElementById("nav");
  const filter = document.getElementById("filter");
  const status = document.getElementById("status");
  const isPhone = () => nav.matches(":popover-open") || !nav.checkVisibility();

  const byId = (id) => (id ? document.getElementById(id) : null);
  const wanted = (place = location) => {
    try {
      return decodeURIComponent(place.hash.slice(1));
    } catch {
      return ""; // not ours: a lone percent sign
    }
  };

  let telling = 0;
  const tell = (words) => {
    clearTimeout(telling);
    telling = setTimeout(() => { status.textContent = words; }, 150);
  };

  // Colours: the system's, light, dark.
  const themes = ["system", "light", "dark"];
  const button = byId("theme");
  const showTheme = () => { button.textContent = `Theme: ${root.dataset.theme ?? "system"}`; };
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    showTheme();
    try {
      if (next === "system") localStorage.removeItem("contract-theme");
      else localStorage.setItem("contract-theme", next);
    } catch {
      // It is kept for as long as the page is open.
    }
  });
  showTheme();

  // The filter: every word has to be in what a link says.
  const groups = [...nav.querySelectorAll("details")].map((element) => ({
    element,
    wasOpen: element.open,
    items: [...element.querySelectorAll("li")].map((item) => ({
      item,
      link: item.querySelector("a"),
      words: `${item.textContent} ${element.firstElementChild.textContent}`.toLowerCase(),
    })),
  }));
  const links = () => groups.filter((group) => group.element.open && !group.element.hidden)
    .flatMap((group) => group.items).filter((entry) => !entry.item.hidden).map((entry) => entry.link);
  let isFiltered = false;

  const applyFilter = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !isFiltered) for (const group of groups) group.wasOpen = group.element.open;
    let count = 0;
    for (const group of groups) {
      let inGroup = 0;
      for (const entry of group.items) {
        const fits = words.every((word) => entry.words.includes(word));
        entry.item.hidden = !fits;
        inGroup += fits;
      }
      group.element.hidden = inGroup === 0;
      if (words.length) group.element.open = true;
      else if (isFiltered) group.element.open = group.wasOpen;
      count += inGroup;
    }
    isFiltered = words.length > 0;
    nav.querySelector(".none").hidden = count > 0;
    tell(isFiltered ? `${count} ${count === 1 ? "match" : "matches"}` : "");
  };
  filter.addEventListener("input", applyFilter);

  const open = (link) => {
    if (nav.matches(":popover-open")) nav.hidePopover();
    link.click();
    byId(wanted(link))?.querySelector("h3 a")?.focus({ preventScroll: true });
  };

  const moves = {
    ArrowDown: (index, last) => Math.min(index + 1, last),
    ArrowUp: (index) => index - 1,
    Home: () => 0,
    End: (index, last) => last,
  };

  nav.addEventListener("keydown", (event) => {
    const inField = event.target === filter;
    if (event.key === "Escape" && isFiltered) {
      filter.value = "";
      applyFilter();
      filter.focus();
      event.preventDefault();
      return;
    }
    if (event.key === "Escape" && inField && !nav.matches(":popover-open")) {
      filter.blur();
      return;
    }
    const found = links();
    if (event.key === "Enter" && (inField || found.includes(event.target))) {
      const link = inField ? found[0] : event.target;
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        open(link);
      }
      return;
    }
    const move = moves[event.key];
    const index = found.indexOf(document.activeElement);
    if (!move || !found.length || (index < 0 && !inField)) return;
    if (inField && event.key !== "ArrowDown") return;
    event.preventDefault();
    const next = move(index, found.length - 1);
    (next < 0 ? filter : found[next]).focus();
  });

  nav.addEventListener("click", (event) => {
    if (event.target.closest("a") && nav.matches(":popover-open")) nav.hidePopover();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio]), textarea, select, [contenteditable]")) return;
    event.preventDefault();
    if (isPhone()) nav.showPopover();
    filter.focus();
    filter.select();
  });

  // Versions: an address may name one, and the one that is picked is in the address.
  const pick = (panel) => {
    const inputs = panel.parentElement.querySelectorAll(".versions input");
    const input = inputs[Number(panel.dataset.version) - 1];
    if (input) input.checked = true;
  };
  const follow = () => {
    const target = byId(wanted());
    const panel = target?.closest("[data-version]");
    if (panel) {
      pick(panel);
      panel.closest("article").scrollIntoView();
    }
  };
  addEventListener("hashchange", follow);
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches(".versions input")) return;
    const route = input.closest(".route");
    const place = `#${route.id}:${input.value}`;
    try {
      history.replaceState(history.state, "", place);
    } catch {
      // It cannot be kept in the address, and is shown nevertheless.
    }
    tell(`Version ${input.value}`);
  });
  document.addEventListener("click", (event) => {
    // The same address again is no change of it.
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow();
  });
  follow();
  if (document.querySelector("main.large")) {
    // What is laid out late has another height by then, and the place that is restored is another one.
    addEventListener("load", () => setTimeout(() => byId(wanted())?.closest("article")?.scrollIntoView()));
  }

  // The content of a named schema, shown where it is referred to. A toggle does not bubble.
  document.addEventListener("toggle", (event) => {
    const place = event.target;
    if (!place.open || !place.matches?.("details.lazy") || place.dataset.filled) return;
    const source = byId(place.dataset.of)?.querySelector(":scope > .schema");
    if (!source) return;
    place.dataset.filled = "yes";
    const copy = source.cloneNode(true);
    for (const inner of copy.querySelectorAll("details.lazy[data-filled]")) {
      delete inner.dataset.filled;
      inner.open = false;
      inner.querySelector(":scope > .schema")?.remove();
    }
    place.append(copy);
  }, true);

  // Copying.
  const copied = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand("copy");
    }
  };
  document.addEventListener("click", async (event) => {
    const pressed = event.target.closest(".copy");
    if (!pressed) return;
    const isDone = await copied(pressed.closest("figure").querySelector("code"));
    pressed.textContent = isDone ? "Copied" : "Selected";
    tell(isDone ? "Copied" : "Selected, to be copied by hand");
    setTimeout(() => { pressed.textContent = "Copy"; }, 2000);
  });

  // Where the reader is, in the navigation.
  const places = new Map(groups.flatMap((group) => group.items).map((entry) => [entry.link.hash.slice(1), entry.link]));
  const seen = new Set();
  const isSeen = (element) => element.getBoundingClientRect().top < innerHeight && element.getBoundingClientRect().bottom > 0;
  let current = null;
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) entry.isIntersecting ? seen.add(entry.target) : seen.delete(entry.target);
    const inOrder = [...seen].sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    // At the end of the page, what was asked for may not reach the top.
    const isEnd = scrollY + innerHeight >= root.scrollHeight - 2;
    const asked = isEnd ? byId(wanted())?.closest("article") : null;
    const first = asked && isSeen(asked) ? asked : inOrder[0];
    const link = first ? places.get(first.id) : null;
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    current = link;
    link.setAttribute("aria-current", "location");
    if (!nav.contains(document.activeElement)) keepInSight(link);
  }, { rootMargin: "-90px 0px -60% 0px" });
  const keepInSight = (link) => {
    if (nav.scrollHeight <= nav.clientHeight || !link.checkVisibility()) return;
    const [outer, inner] = [nav.getBoundingClientRect(), link.getBoundingClientRect()];
    if (inner.top < outer.top + 80 || inner.bottom > outer.bottom - 20) nav.scrollTop += inner.top - outer.top - outer.height / 3;
  };
  for (const article of document.querySelectorAll("article[id]")) watcher.observe(article);
}
