/**
 * Markup by which a script makes closed shadow roots (`<template shadowrootmode=closed>`): nobody in the page meets them, so Python is
 * asked to have the driver look for them again, see harness/capture/declared_roots.py.
 */
import { afterCall, oncePerRealm } from "./patch.js";

const CLOSED = /shadowrootmode\s*=\s*["']?closed/i;

/**
 * @param {Window} win
 * @param {{guard: (call: Function) => Function}} scope
 * @param {() => void} onDeclared there may be roots that nobody has met
 * @returns {{stop: () => void, trackWindow: Function, changed: Function}} see record.js
 */
export function trackDeclaredRoots(win, { guard }, onDeclared) {
  const restore = [];
  const isNewRealm = oncePerRealm();
  // Of documents that a script has parsed, and whose nodes it has still to put into the page.
  let coming = false;
  const ifClosed = (call) => guard((_, args) => args.some((text) => CLOSED.test(String(text))) && call());
  const now = ifClosed(onDeclared);
  const later = ifClosed(() => {
    coming = true;
  });
  const trackWindow = (view) => {
    if (!isNewRealm(view)) return;
    for (const owner of [view.Element, view.ShadowRoot]) restore.push(afterCall(owner.prototype, "setHTMLUnsafe", now));
    for (const name of ["write", "writeln"]) restore.push(afterCall(view.Document.prototype, name, now));
    restore.push(afterCall(view.Document, "parseHTMLUnsafe", later));
  };
  trackWindow(win);
  return {
    trackWindow,
    changed({ kind, data }) {
      if (!coming || kind !== "mutation" || !data.adds.length) return;
      coming = false;
      onDeclared();
    },
    stop() {
      for (const undo of restore) undo();
    },
  };
}
