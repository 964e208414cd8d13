"""Changes to rrweb's published recorder that make it cheaper for the page, and leave what it says as it is.

Each names a piece of the minified file, which the lock pins by its hash, and what stands there instead. `fast` is what
js/recorder/fast_dom.js gives. Measured on the pages of benchmarks/pages; docs/performance.md has the figures.
"""

from __future__ import annotations

from typing import NamedTuple

from harness.errors import HarnessError


class Patch(NamedTuple):
    """`old` stands in the file exactly once, and `until`, where there is one, too: what is before that goes with it."""

    why: str
    old: str
    new: str
    until: str = ""


def _accessor(function: str, prototype: str, name: str) -> Patch:
    return Patch(
        "two look-ups by name for every step through the tree",
        f'function {function}(e){{return G("{prototype}",e,"{name}")}}',
        f"function {function}(e){{return fast.{name}(e)}}",
    )


PATCHES = (
    Patch(
        "what mutation records add up to: js/recorder/mutation_buffer.js",
        "class sn{",
        "",
        until="let Se;function an(",
    ),
    Patch("… in place of it", "const r=new sn;oe.push(r),r.init(e);", "const r=fast.buffer(e);oe.push(r);"),
    Patch(
        "… which asks its observer for what is still to come", "return o.observe(t,", "return r.observer=o,o.observe(t,"
    ),
    Patch("nodes and their ids: js/recorder/node_ids.js", "class Tt{", "", until="function Nr("),
    Patch(
        "… in place of it",
        "function Nr(){return new Tt}",
        "function Nr(){return fast.connect({serialise:de,valueOf:Lt,masksText:At,maskInput:_e,typeOf:Ae})}",
    ),
    Patch("… and the ids", "function xt(){return Pr++}", "function xt(){return fast.nextId()}"),
    Patch(
        "plain elements, texts, comments: js/recorder/write_nodes.js",
        "function de(e,t){",
        "function de(e,t){const fw=fast.write(e,t);if(fw)return fw;",
    ),
    _accessor("ar", "Node", "ownerDocument"),
    _accessor("lr", "Node", "childNodes"),
    _accessor("cr", "Node", "parentNode"),
    _accessor("ur", "Node", "parentElement"),
    _accessor("dr", "Node", "textContent"),
    _accessor("hr", "Node", "firstChild"),
    _accessor("fr", "Node", "lastChild"),
    _accessor("pr", "Node", "nextSibling"),
    _accessor("mr", "Node", "previousSibling"),
    Patch(
        "the same, through a proxy that finds closed roots",
        '!("shadowRoot"in e)?null:G("Element",e,"shadowRoot")',
        '!("shadowRoot"in e)?null:fast.shadowRoot(e)',
    ),
    Patch(
        "a form of a frame is none of the page's, and may have a field named tagName",
        'if(e instanceof HTMLFormElement)return"form";const t=te(e.tagName)',
        "const t=te(fast.tagName(e))",
    ),
    Patch(
        "whether a node is hidden: its class list, a selector, and both again for all ancestors",
        'try{if(typeof t=="string"){if(s.classList.contains(t)||n&&s.closest("."+t)!==null)return!0}else if',
        'if(typeof t=="string")return fast.marked(s,t,r,n);try{if',
    ),
    Patch(
        "the same for an element that is written down",
        'function jr(e,t,r){try{if(typeof t=="string"){if(e.classList.contains(t))return!0}else for',
        'function jr(e,t,r){if(typeof t=="string")return fast.marked(e,t,r,!1);try{for',
    ),
    Patch(
        "the same for text that is to be masked, which we do ourselves (js/recorder/mask_events.js)",
        "function At(e,t,r,n){let s;",
        "function At(e,t,r,n){if(!fast.masksTexts)return!1;let s;",
    ),
    Patch(
        "walks up from the node twice to know whether it is in the document",
        "return t?b.contains(t,e)||nn(e):!1",
        "return t?fast.isConnected(e):!1",
    ),
    Patch(
        "an object for each attribute, which the page never asked for",
        "const M=e.attributes.length;for(let y=0;y<M;y++){const w=e.attributes[y];"
        "_t(l,w.name,w.value)||(S[w.name]=Lt(r,l,te(w.name),w.value))}",
        "if(fast.hasAttributes(e))for(const y of fast.attributeNames(e)){const w=fast.attribute(e,y);"
        "_t(l,y,w)||(S[y]=Lt(r,l,te(y),w))}"
        # … and a name that rrweb writes as another; SVG's names in mixed case are known to all.
        "l!==fast.localName(e)&&!Gr(e)&&(S.rr_name=fast.localName(e));",
    ),
    Patch(
        "parses the document's address for every style attribute, to make URLs absolute where there are none",
        'r==="style"?Fe(n,et(e))',
        'r==="style"?n.includes("url(")?Fe(n,et(e)):n',
    ),
    Patch(
        "only names with a hyphen can be custom elements",
        "customElements.get(l)&&(C=!0)",
        'l.includes("-")&&customElements.get(l)&&(C=!0)',
    ),
    Patch(
        "lists of children, copied, that are only walked through",
        "for(const re of Array.from(b.childNodes(e))){",
        "for(let re=b.firstChild(e);re;re=b.nextSibling(re)){",
    ),
    Patch(
        "what js/recorder/thin_storms.js holds back is not to go on because the pointer moves",
        "&&oe.forEach(z=>z.unfreeze())",
        "&&fast.storms.thaws(L)&&oe.forEach(z=>z.unfreeze())",
    ),
    Patch(
        "what is too deep is told by itself",
        "(O.type===A.Document||O.type===A.Element)&&pe){",
        "(O.type===A.Document||O.type===A.Element)&&pe&&!(t.depth>60&&fast.isTooDeep(e))){",
    ),
    Patch(
        "all that is in an added node is new: no scroll position is asked for, which would lay out the page",
        "keepIframeSrcFn:D,cssCaptured:!1};if(",
        "keepIframeSrcFn:D,newlyAddedElement:W,depth:t.depth+1,cssCaptured:!1};if(",
    ),
)


def patched(source: str) -> str:
    """Return rrweb's file with all patches. Raises HarnessError where one finds no place, or two: another version."""
    for patch in PATCHES:
        places = [source.count(mark) for mark in (patch.old, patch.until) if mark]
        if places != [1] * len(places):
            raise HarnessError(
                f"rrweb-record.js: {min(places)} places for the patch «{patch.why}»; "
                "look at harness/capture/rrweb_patches.py after an update of rrweb"
            )
        before, _, rest = source.partition(patch.old)
        source = before + patch.new + (rest[rest.index(patch.until) :] if patch.until else rest)
    return source
