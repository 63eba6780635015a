/* The pad: every point that the device measures (x, y, time, pressure), drawn as it comes and put into the
   form. Nothing is sent before the person presses "sign", and nothing is kept in the browser. */
"use strict";
(function () {
  const form = document.getElementById("pad-form");
  const canvas = document.getElementById("pad");
  if (!form || !canvas || !window.PointerEvent || !canvas.getContext) { return; }
  const field = document.getElementById("drawing");
  const state = document.getElementById("pad-state");
  const ink = canvas.getContext("2d");
  // Tenths of a CSS pixel and of a millisecond, and 65535ths of the full pressure; see domain/strokes.py.
  const PART = 10, FULL = 65535, MOST = 20000, LONGEST = 65000 * PART, LEAST = 10;
  let strokes = [], stroke = null, pointer = "mouse", held = null, began = 0, last = 0, total = 0;
  let width = 0, height = 0;

  function fit() {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.lineWidth = 2.2;
    ink.lineCap = "round";
    ink.lineJoin = "round";
    ink.strokeStyle = ink.fillStyle = "#0b1e5b";
  }

  function say(word) { state.textContent = state.dataset[word]; }

  function clear() {
    strokes = []; stroke = null; held = null; began = 0; last = 0; total = 0;
    field.value = "";
    fit();
    say("empty");
  }

  function within(value, side) { return Math.min(Math.max(Math.round(value * PART), 0), Math.round(side * PART)); }

  function point(event, frame) {
    // The frame's border is no part of the paper.
    const x = within(event.clientX - frame.left - canvas.clientLeft, width);
    const y = within(event.clientY - frame.top - canvas.clientTop, height);
    if (total === 0) { began = event.timeStamp; }
    last = Math.max(last, Math.round((event.timeStamp - began) * PART));
    total += 1;
    return [x, y, last, Math.min(Math.max(Math.round(event.pressure * FULL), 0), FULL)];
  }

  function add(event) {
    if (total >= MOST || (total && (event.timeStamp - began) * PART > LONGEST)) { return; }
    const next = point(event, canvas.getBoundingClientRect());
    const before = stroke[stroke.length - 1];
    stroke.push(next);
    ink.beginPath();
    if (before) {
      ink.moveTo(before[0] / PART, before[1] / PART);
      ink.lineTo(next[0] / PART, next[1] / PART);
      ink.stroke();
    } else {
      ink.arc(next[0] / PART, next[1] / PART, 1.1, 0, 2 * Math.PI);
      ink.fill();
    }
  }

  function keep() {
    const drawing = {
      width: Math.round(width * PART), height: Math.round(height * PART), pointer: pointer, strokes: strokes
    };
    field.value = JSON.stringify(drawing);
    say("drawn");
  }

  function end(event) {
    if (event.pointerId !== held) { return; }
    add(event);
    // Points beyond the limit are left out, so a stroke may have begun and never got an end.
    if (stroke.length === 1) { stroke.push(stroke[0].slice()); total += 1; }
    if (stroke.length) { strokes.push(stroke); }
    held = null; stroke = null;
    keep();
  }

  canvas.addEventListener("pointerdown", function (event) {
    if (held !== null || event.button !== 0) { return; }
    event.preventDefault();
    held = event.pointerId;
    pointer = ["pen", "touch"].includes(event.pointerType) ? event.pointerType : "mouse";
    canvas.setPointerCapture(event.pointerId);
    stroke = [];
    add(event);
  });
  canvas.addEventListener("pointermove", function (event) {
    if (event.pointerId !== held) { return; }
    event.preventDefault();
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    (all.length ? all : [event]).forEach(add);
  });
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  document.getElementById("pad-clear").addEventListener("click", clear);
  // A pad of another width (a phone was turned) is another sheet: what was drawn does not fit on it.
  window.addEventListener("resize", function () { if (canvas.clientWidth !== width) { clear(); } });
  form.addEventListener("submit", function (event) {
    if (total >= LEAST) { return; }
    // Before the script that keeps a form from being sent twice sees it.
    event.preventDefault();
    event.stopImmediatePropagation();
    say("short");
  }, true);

  document.getElementById("pad-missing").hidden = true;
  form.hidden = false;
  clear();
}());
