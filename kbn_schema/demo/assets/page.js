// Lists the saved objects, and sends the form without leaving the page.

const objects = document.querySelector("#objects");
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");
const form = document.querySelector("form");

async function ask(path, options) {
  const response = await fetch(path, options);
  const told = await response.json();
  if (!response.ok) throw new Error(told.message);
  return told;
}

async function list() {
  try {
    const count = await ask("/internal/saved_objects/_count", { headers: { "elastic-api-version": "1" } });
    const found = await ask("/api/saved_objects?sort=-created&per_page=100");
    objects.replaceChildren(...found.saved_objects.map(row));
    const counted = Object.entries(count).map(([type, number]) => `${number} ${type}`);
    status.textContent = counted.join(", ") || "There are no objects yet.";
  } catch (error) {
    status.textContent = `The list could not be loaded: ${error.message}`;
  }
}

function row({ type, attributes }) {
  const { title, tags, hits } = attributes;
  const made = document.createElement("tr");
  for (const text of [title, type, tags.join(", "), hits]) {
    made.insertCell().textContent = text;
  }
  made.lastChild.className = "number";
  return made;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  answer.textContent = "";
  try {
    const told = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    answer.textContent = `${told.imported} imported`;
  } catch (error) {
    answer.textContent = `Nothing was imported: ${error.message}`;
  }
  await list();
});

await list();
