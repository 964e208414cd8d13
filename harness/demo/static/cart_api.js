/** The cart over fetch: each answer is the whole cart, and the badge follows it. */

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<{count: number, subtotal: string, lines: {slug: string, quantity: number, total: string}[]}>}
 */
async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!answer.ok) {
    toast("That did not work. Please try again.");
    throw new Error(`${method} ${path}: ${answer.status}`);
  }
  const cart = await answer.json();
  showCount(cart.count);
  return cart;
}

/** @param {string} slug @param {number} quantity */
export async function addToCart(slug, quantity) {
  const cart = await call("POST", "/api/cart", { slug, quantity });
  toast(quantity > 1 ? `${quantity} of them are in your cart` : "It is in your cart", `/images/${slug}.svg`);
  return cart;
}

/** @param {string} slug @param {number} quantity */
export async function setQuantity(slug, quantity) {
  return call("PUT", `/api/cart/${slug}`, { quantity });
}

/** @param {string} slug */
export async function removeFromCart(slug) {
  return call("DELETE", `/api/cart/${slug}`);
}

/** @param {number} count */
export function showCount(count) {
  for (const badge of document.querySelectorAll("[data-cart-count]")) {
    if (badge.textContent === String(count)) continue;
    badge.textContent = String(count);
    badge.setAttribute("data-empty", String(count === 0));
    badge.classList.remove("bump");
    // Reading a size in between lets the animation begin again.
    void badge.getBoundingClientRect();
    badge.classList.add("bump");
  }
}

/** @param {string} text @param {string} [picture] */
export function toast(text, picture) {
  const box = document.createElement("div");
  box.className = "toast";
  if (picture) {
    const image = new Image(40, 40);
    image.src = picture;
    image.alt = "";
    box.append(image);
  }
  box.append(text);
  box.addEventListener("animationend", () => box.remove());
  document.querySelector("[data-toasts]")?.append(box);
}
