/** `element-state`: states of custom elements, and validity by what a user did, as attributes that sheets are led to. */
import { CUSTOM_STATES, USER_VALIDITY, VALIDITY } from "./states.js";

export function applyElementState(scene, stream, event) {
  const element = stream.mirror.node(event.data.id);
  if (!element || element.nodeType !== 1) return;
  const { states, validity, user } = event.data;
  put(element, CUSTOM_STATES, Array.isArray(states) && states.length ? states.join(" ") : null);
  put(element, VALIDITY, validity);
  put(element, USER_VALIDITY, user);
}

function put(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}
