// The grid of figures behaves like a spreadsheet: arrows, Enter, Escape, F2, paste of a block, marks on what is not saved.
// Without this file it is a plain form; nothing here computes, rounds or judges a number.

const grid = document.querySelector("[data-grid]");
const state = grid?.querySelector("[data-grid-state]");
const fields = grid ? [...grid.querySelectorAll("[data-sheet] .leaf[name]")] : [];
const places = new Map(); // field → {sheet, row, column}
const isTick = (field) => field.type === "checkbox";
const valueOf = (field) => (isTick(field) ? (field.checked ? "on" : "") : field.value);
const isChanged = (field) => valueOf(field).trim() !== field.dataset.was;
const say = (text, values = {}) => Object.entries(values).reduce((done, [name, value]) => done.replace(`{${name}}`, value), text);

let mode = "move"; // move: arrows go to other cells; type: somebody types over; edit: arrows move within the text
let atEntry = null; // what the field said when it was entered
let isLeaving = false;

// --- Where each field stands -------------------------------------------------------------------------------------------

const sheets = grid ? [...grid.querySelectorAll("[data-sheet]")].map(mapped) : [];

function mapped(table) {
  const starts = [];
  let width = 0;
  for (const head of table.querySelectorAll("thead th[data-leaves]")) {
    starts.push(width);
    width += Number(head.dataset.leaves);
  }
  const rows = [...table.querySelectorAll("tbody tr")].map((line, row) => {
    const cells = new Array(width).fill(null);
    [...line.querySelectorAll("td")].forEach((cell, column) => {
      [...cell.querySelectorAll(".leaf-box")].forEach((box, index) => {
        cells[starts[column] + index] = box.querySelector(".leaf[name]");
      });
    });
    return cells;
  });
  const sheet = { rows, width };
  rows.forEach((cells, row) => cells.forEach((field, column) => field && places.set(field, { sheet, row, column })));
  return sheet;
}

function go(field, rowStep, columnStep) {
  const { sheet, row, column } = places.get(field);
  let [r, c] = [row + rowStep, column + columnStep];
  while (r >= 0 && r < sheet.rows.length && c >= 0 && c < sheet.width) {
    if (sheet.rows[r][c]) return enter(sheet.rows[r][c]);
    [r, c] = [r + rowStep, c + columnStep];
  }
  // Beyond the edge of one table the next one begins
  const next = sheets[sheets.indexOf(sheet) + rowStep];
  if (!rowStep || !next) return false;
  const lines = rowStep > 0 ? next.rows : [...next.rows].reverse();
  const found = lines.flatMap((cells) => [cells[column] ?? cells.find(Boolean)]).find(Boolean);
  return found ? enter(found) : false;
}

function goToEnd(field, isForward, isWhole) {
  const { sheet, row } = places.get(field);
  const cells = (isWhole ? sheet.rows.flat() : sheet.rows[row]).filter(Boolean);
  enter(isForward ? cells.at(-1) : cells[0]);
}

function enter(field) {
  field.focus();
  return true;
}

// --- Keyboard ----------------------------------------------------------------------------------------------------------

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onKey(event) {
  const field = event.target;
  if (!places.has(field) || event.isComposing) return;
  if (act(event, field)) event.preventDefault();
}

function act(event, field) {
  const { key } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && key.toLowerCase() === "s") return save();
  if (isCommand && key.toLowerCase() === "d") return copyFromAbove(field);
  if (event.altKey && key === "Enter") return follow(field);
  if (event.altKey) return false;
  if (isCommand && (key === "Home" || key === "End") && mode !== "edit") return goToEnd(field, key === "End", true) ?? true;
  if (isCommand) return false;
  if (key in STEPS && !event.shiftKey) return step(field, key);
  if (key === "Enter") return go(field, event.shiftKey ? -1 : 1, 0) || true;
  if (key === "Escape") return restore(field);
  if (key === "F2") return edit(field);
  if ((key === "Home" || key === "End") && mode !== "edit" && !event.shiftKey) return goToEnd(field, key === "End", false) ?? true;
  if (key.length === 1 && mode === "move") mode = "type";
  return false;
}

function step(field, key) {
  const [rowStep, columnStep] = STEPS[key];
  if (mode === "edit" && columnStep && field.type === "text") return false;
  return go(field, rowStep, columnStep) || !(field.type === "text" && mode !== "move");
}

function edit(field) {
  mode = "edit";
  if (field.type === "text") field.setSelectionRange(field.value.length, field.value.length);
  return true;
}

function restore(field) {
  // The first Escape gives back what the cell said when it was entered, the next one what is stored
  write(field, valueOf(field) === atEntry ? field.dataset.was : atEntry);
  mode = "move";
  if (field.type === "text") field.select();
  return true;
}

function copyFromAbove(field) {
  const { sheet, row, column } = places.get(field);
  const above = sheet.rows[row - 1]?.[column];
  if (above) write(field, valueOf(above));
  return true;
}

function follow(field) {
  field.closest("td").querySelector(".sheet-more")?.click();
  return true;
}

// --- Paste -------------------------------------------------------------------------------------------------------------

function onPaste(event) {
  const field = event.target;
  if (!places.has(field)) return;
  const block = cut(event.clipboardData.getData("text/plain"));
  if (block.length === 1 && block[0].length === 1 && field.type === "text") return;
  event.preventDefault();
  const { sheet, row, column } = places.get(field);
  const [translated, example] = inReadersNotation(block);
  let written = 0;
  let beyond = 0;
  translated.forEach((line, r) => line.forEach((text, c) => {
    const target = sheet.rows[row + r]?.[column + c];
    if (target && write(target, text)) written += 1;
    else if (text) beyond += 1;
  }));
  const told = [say(grid.dataset.pasted, { n: written })];
  if (beyond) told.push(say(grid.dataset.beyond, { n: beyond }));
  if (example) told.push(say(grid.dataset.rewritten, example));
  show(told.join(" "));
}

// Lines and tabs as spreadsheets write them: a cell with a line break or a tab stands in quotes
function cut(text) {
  const lines = [[""]];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const line = lines.at(-1);
    if (isQuoted && sign === '"' && text[at + 1] === '"') { line[line.length - 1] += '"'; at += 1; }
    else if (sign === '"' && (isQuoted || line.at(-1) === "")) isQuoted = !isQuoted;
    else if (sign === "\t" && !isQuoted) line.push("");
    else if (sign === "\n" && !isQuoted) lines.push([""]);
    else if (sign !== "\r") line[line.length - 1] += sign;
  }
  if (lines.length > 1 && lines.at(-1).join("") === "") lines.pop();
  return lines.map((line) => line.map((cell) => cell.trim()));
}

// A block from a spreadsheet in the other notation is told by numbers that cannot be meant in the reader's own
function inReadersNotation(block) {
  const own = grid.dataset.decimal;
  const other = own === "," ? "." : ",";
  const shapes = (decimal, group) => new RegExp(`^[^0-9]*(?:\\d{1,3}(?:\\${group}\\d{3})+\\${decimal}\\d+|\\d{1,3}(?:\\${group}\\d{3}){2,}|\\d+\\${decimal}(?:\\d{1,2}|\\d{4,}))\\D*$`);
  const isSurely = (decimal, group) => block.flat().some((text) => shapes(decimal, group).test(text));
  if (isSurely(own, other) || !isSurely(other, own)) return [block, null];
  const swap = (text) => (/\d/.test(text) ? text.replace(/[.,]/g, (sign) => (sign === own ? other : own)) : text);
  const from = block.flat().find((text) => swap(text) !== text);
  return [block.map((line) => line.map(swap)), { from, to: swap(from) }];
}

function write(field, text) {
  if (isTick(field)) field.checked = /^(on|1|x|v|y|ya|yes|true|benar|✓|✔)$/i.test(text);
  else if (field.tagName === "SELECT") field.value = chosen(text);
  else field.value = text;
  mark(field);
  return true;
}

function chosen(text) {
  if (/^(1|x|v|y|ya|yes|true|benar|✓|✔)$/i.test(text)) return "1";
  return /^(0|n|no|tidak|tdk|false|salah|-)$/i.test(text) ? "0" : "";
}

// --- What is not saved yet ---------------------------------------------------------------------------------------------

function mark(field) {
  const cell = field.closest("td");
  cell.classList.toggle("is-changed", [...cell.querySelectorAll(".leaf[name]")].some(isChanged));
  show("");
}

function show(told) {
  const waiting = grid.querySelectorAll("td.is-changed").length;
  const saved = told || !state.textContent ? "" : grid.dataset.saved;
  const text = [told, waiting ? say(grid.dataset.unsaved, { n: waiting }) : saved].filter(Boolean).join(" ");
  if (state && state.textContent !== text) state.textContent = text;
  state?.classList.toggle("is-waiting", waiting > 0);
}

function save() {
  grid.requestSubmit();
  return true;
}

if (grid) {
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("paste", onPaste);
  grid.addEventListener("input", (event) => places.has(event.target) && mark(event.target));
  grid.addEventListener("focusin", ({ target }) => {
    if (!places.has(target)) return;
    [mode, atEntry] = ["move", valueOf(target)];
    if (target.type === "text") target.select();
  });
  grid.addEventListener("mousedown", (event) => {
    // The first click chooses the cell, the second one sets the caret
    const { target } = event;
    if (!places.has(target) || target.type !== "text") return;
    if (target === document.activeElement) mode = "edit";
    else { event.preventDefault(); target.focus(); }
  });
  grid.addEventListener("submit", () => { isLeaving = true; });
  window.addEventListener("beforeunload", (event) => !isLeaving && grid.querySelector("td.is-changed") && event.preventDefault());
  window.addEventListener("pageshow", () => { isLeaving = false; fields.forEach(mark); });
  grid.querySelectorAll(".sheet-more").forEach((link) => link.setAttribute("tabindex", "-1"));
}
