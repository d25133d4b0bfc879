// Checks a PDF without sending it: only its SHA-256 leaves the device. Without this the file is sent and forgotten.
"use strict";

const form = document.querySelector("[data-stays]");
const input = form.querySelector("input[type=file]");

// A copy with a password, by what stands at its end: nothing of it is on record, so its digest would look like a changed file
const isLocked = (content) => /^%PDF-[^]*\/Encrypt\s+\d+\s+\d+\s+R/.test(new TextDecoder("latin1").decode(content));

async function lookUp(file) {
  const content = await file.arrayBuffer();
  if (isLocked(content)) {
    location.assign("/verify?locked=on");
    return;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const signs = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  location.assign(`/verify/${signs}`);
}

// Browsers compute digests on pages that came over HTTPS or from this machine alone
if (window.crypto && crypto.subtle) {
  form.querySelector(".hint").textContent = form.dataset.stays;
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    lookUp(input.files[0]);
  });
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("is-dropped-on");
  });
  form.addEventListener("dragleave", () => form.classList.remove("is-dropped-on"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-dropped-on");
    if (event.dataTransfer.files.length) lookUp(event.dataTransfer.files[0]);
  });
}
