/**
 * The style sheet, written short because it travels with every copy of the program. The fonts are the reader's; each colour has
 * at least 4.5:1 on its ground (WCAG 2.2, 1.4.3), in light, dark and print, which a test computes.
 */
export const STYLE = `
:root{--bg:#fff;--fg:#1c1c1e;--soft:#5b5b61;--line:#d9d9de;--ok:#1b6e3c;--problem:#b3261e;--warning:#855300;--unknown:#4a4aa8}
@media screen and (prefers-color-scheme:dark){:root{--bg:#17171a;--fg:#ececf0;--soft:#a5a5ae;--line:#3c3c43;--ok:#74cf95;--problem:#ff958a;--warning:#e8b75a;--unknown:#b4b4ff}}
*{box-sizing:border-box}
body{max-width:60rem;margin:auto;padding:1.5rem 1rem 3rem;background:var(--bg);color:var(--fg);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
h1,h2,h3,p,ul,dl,dd{margin:0;padding:0}
h1{font-size:clamp(1.3rem,6vw,1.9rem);line-height:1.2}
h2{font-size:1.3rem;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:2px solid var(--fg)}
h3{font-size:1rem}
div>h3{padding-left:1.5em;text-indent:-1.5em}
section>h3{margin:1.5rem 0 .5rem}
tr>:first-child code{overflow-wrap:break-word}
code{font:.875em/1.4 ui-monospace,Menlo,Consolas,monospace;unicode-bidi:isolate}
.ok{--c:var(--ok)}.problem{--c:var(--problem)}.warning{--c:var(--warning)}.unknown{--c:var(--unknown)}.accepted,.past{--c:var(--soft)}
.sign{display:inline-block;text-indent:0;width:1.5em;color:var(--c);font-weight:700}
span.ok,span.problem,span.warning,span.unknown{display:inline-grid;grid-template-columns:1.4em 1fr;color:var(--c)}
.verdict{margin:.5rem 0;font-size:1.4rem;font-weight:700}
.small,summary,dt,caption,thead,footer,nav{font-size:.875rem;color:var(--soft)}
.counts>span{display:inline-block;margin-right:1.25rem}
dl{margin-top:1rem}
dl div{display:grid;grid-template-columns:9rem 1fr;gap:0 1rem;padding:.15rem 0}
ul{list-style:none}
#found~div,main>section>details{border-top:1px solid var(--line);padding:.6rem 0}
.lines+details{padding:.25rem 0 0 1.5rem}
summary{cursor:pointer}
summary h3{display:inline;color:var(--fg)}
.lines li{position:relative;padding:.35rem 0 .35rem 1.5rem}
li>.sign{position:absolute;left:0;top:.35rem}
.detail{margin:.25rem 0;padding-left:.75rem;border-left:2px solid var(--line);white-space:pre-wrap;font:.875em/1.4 ui-monospace,Menlo,Consolas,monospace}
.what b{color:var(--c)}
svg{display:block;margin:1rem 0;overflow:visible}
text{font-size:12px;fill:var(--c,var(--fg));stroke:var(--bg);stroke-width:4px;paint-order:stroke}
.soft{--c:var(--soft);color:var(--c)}
rect{fill:var(--c)}
line{stroke:var(--fg)}
.axis{stroke:var(--line)}.next{stroke-dasharray:3 3}
table{width:100%;border-collapse:collapse;margin:.75rem 0}
th,td{min-width:6rem;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);vertical-align:top;text-align:left}
tbody th{font-weight:400}
table time,.when{white-space:nowrap}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
nav{margin-top:1.5rem}
a{display:inline-block;margin-right:1rem;color:inherit}
footer{margin-top:3rem}
@media screen and (max-width:44rem){
table,tbody,tr,th,td{display:block}
thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
tr{border-top:1px solid var(--line);padding:.6rem 0}
th,td{min-width:0;border:0;padding:.1rem 0}
td{display:grid;grid-template-columns:8rem 1fr;gap:.5rem}
td::before{content:attr(data-name);color:var(--soft);font-size:.875rem}
}
@media print{
@page{size:A4;margin:16mm}
:root{font-size:10pt}body{padding:0}nav{display:none}
li,tr,svg{break-inside:avoid}h2,h3,thead,summary{break-after:avoid}
::details-content{content-visibility:visible;block-size:auto}
}
`;
