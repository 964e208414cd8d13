"""rrweb's `record`, the published file, without the parts that stand in our way, and cheaper (rrweb_patches.py).

Each change is a place in the minified text that must be there exactly once. The file is pinned by its hash, so a change
that no longer fits can only come with a new version of rrweb, and then stops the first recording and the tests.
"""

from __future__ import annotations

from functools import cache

from harness import published
from harness.capture.rrweb_patches import patched
from harness.errors import HarnessError

_STYLES_OF_ROOT = (
    "setTimeout(()=>{t.adoptedStyleSheets&&t.adoptedStyleSheets.length>0&&"
    "this.bypassOptions.stylesheetManager.adoptStyleSheets(t.adoptedStyleSheets,this.mirror.getId(b.host(t))),"
    "this.restoreHandlers.push(Yt({mirror:this.mirror,stylesheetManager:this.bypassOptions.stylesheetManager},t))},0)"
)
_ADOPTED_IN_FRAME = (
    "t.contentDocument&&t.contentDocument.adoptedStyleSheets&&t.contentDocument.adoptedStyleSheets.length>0&&"
    "this.stylesheetManager.adoptStyleSheets(t.contentDocument.adoptedStyleSheets,this.mirror.getId(t.contentDocument))"
)
_ADOPTED_BY_DOCUMENT = (
    "document.adoptedStyleSheets&&document.adoptedStyleSheets.length>0&&"
    "ne.adoptStyleSheets(document.adoptedStyleSheets,Y.getId(document))"
)

# A style element's rules as the browser writes them: that costs time, and is not always what the author wrote. A
# shorthand with a variable in it, one of whose longhands is set too, comes out as nothing (`border: var(--b);
# border-top: 0`). Without this, the element's text is recorded as it is.
_RULES_OF_STYLE = 'if(l==="style"&&e.sheet){'

# A toolbar may set its buttons' options a thousand times a second: one timer for all that a task sets.
_AFTER_SET = "globalThis.afterSet(C[0],C[1],globalThis.together(I(x=>h({target:x,isTrusted:!1}))))"
_ATTACH_SHADOW = (
    'ie(t.prototype,"attachShadow",function(s){return function(o){const a=s.call(this,o),c=b.shadowRoot(this);'
    "return c&&Vt(this)&&n.addShadowRoot(c,r),a}})"
)
_AFTER_ATTACH_SHADOW = (
    'globalThis.afterCall(t.prototype,"attachShadow",I(x=>{const c=b.shadowRoot(x);c&&Vt(x)&&n.addShadowRoot(c,r)}))'
)

# Its observers of style sheets and fonts: their wrappers swallow the errors of the page's own misuse, put accessors of
# their own on documents and shadow roots, and another FontFace in the place of FontFace; and they miss most of what the
# CSSOM can do. track_sheets.js and track_fonts.js do that.
_CHANGES = (
    (_RULES_OF_STYLE, "if(0){"),
    ("h=pn(e,{win:r}),p=Yt(e,e.doc),f=mn(e,{win:r}),e.collectFonts&&(m=yn(e))", "0"),
    (_STYLES_OF_ROOT, "0"),
    (_ADOPTED_IN_FRAME, "0"),
    (_ADOPTED_BY_DOCUMENT, "0"),
    # Its own wrappers of setters and of attachShadow show in their source text and names; see patch.js.
    ("He(C[0],C[1],{set(){I(h)({target:this,isTrusted:!1})}},!1,l)", _AFTER_SET),
    (_ATTACH_SHADOW, _AFTER_ATTACH_SHADOW),
    # See realms.js.
    ("o=new n(I(r.processMutations.bind(r)))", "o=new n(globalThis.local(t,I(r.processMutations)))"),
    # A mouse in a frame is not the page's `MouseEvent`, and would be told as a finger.
    (
        'typeof DragEvent!="undefined"&&h instanceof DragEvent?v.Drag:h instanceof MouseEvent?v.MouseMove:v.TouchMove',
        'h.type==="drag"?v.Drag:h.type==="touchmove"?v.TouchMove:v.MouseMove',
    ),
    # The worker of its canvas recording, made into a Blob in every document; track_canvas.js does without.
    ('It=typeof self!="undefined"&&self.Blob&&new Blob([Kt],{type:"text/javascript;charset=utf-8"})', "It=null"),
)


@cache
def source() -> str:
    """Return rrweb's UMD module without its source map. Raises HarnessError where a change does not fit."""
    text = published.path("rrweb-record.js").read_text(encoding="utf-8").rpartition("//# sourceMappingURL")[0]
    for before, after in _CHANGES:
        if text.count(before) != 1:
            raise HarnessError(f"rrweb-record.js: {before[:40]}… is not there once; _CHANGES are for another version")
        text = text.replace(before, after)
    return patched(text)
