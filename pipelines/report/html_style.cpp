#include "report/html_style.h"

namespace chandler::html {

std::string_view style_sheet() {
  return R"css(
:root{color-scheme:light dark;--bg:#fbfbfa;--panel:#fff;--ink:#1b1f24;--soft:#59636e;--line:#e1e4e8;
--blue:#2f6fb0;--orange:#b45309;--c0:#e9ebee;--c1:#5b95d1;--c2:#f3b562;--c3:#e58a1f;--c4:#c75f00;
--c5:#8f3b00;--h1:#c9cdd3;--h2:#6b7280;--hole:#f6e7d3;--vol:#b9c1ca;--up:#2f6fb0;--down:#c75f00;
--s1:#5b95d1;--s2:#9aa3ad;--s3:#e58a1f;--s4:#8467b5}
@media screen and (prefers-color-scheme:dark){:root{--bg:#131619;--panel:#1a1e22;--ink:#e3e7eb;
--soft:#9ba6b1;--line:#2c3238;--blue:#7db4ea;--orange:#f0a35a;--c0:#262b31;--c1:#3d78b4;--c2:#7d4f16;
--c3:#b36c15;--c4:#e58a26;--c5:#ffbf70;--h1:#3a4149;--h2:#a7b0ba;--hole:#42321d;--vol:#4a535d;
--up:#6aa8e6;--down:#e88b3a;--s1:#4d8bc9;--s2:#6f7983;--s3:#d98324;--s4:#9a80c9}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main{max-width:62rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
.shapes{position:absolute}
p{margin:.35rem 0}
a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.2em}
a:focus-visible,.wide:focus-visible,summary:focus-visible{outline:2px solid var(--blue);
outline-offset:2px}
h1{font-size:1.9rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:.1rem 0 .3rem}
h2{font-size:1.25rem;font-weight:650;letter-spacing:-.01em;margin:0 0 .3rem}
h3{font-size:.9rem;font-weight:650;margin:1.6rem 0 .4rem}
.over,.soft,figcaption,.facts,.steps{color:var(--soft)}
.over{font-size:.85rem;margin:0}
.verdict{font-size:1.1rem;margin:.9rem 0 1.2rem;padding:.7rem 1rem;background:var(--panel);
border:1px solid var(--line);border-left:4px solid var(--blue);border-radius:6px}
.verdict.bad{border-left-color:var(--orange)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1px;margin:0 0 2rem;
background:var(--line);border:1px solid var(--line);border-radius:6px;overflow:hidden}
.tiles div{background:var(--panel);padding:.6rem .9rem}
.tiles dt{font-size:.8rem;color:var(--soft)}
.tiles dd{margin:0;font-size:1.3rem;font-weight:600;letter-spacing:-.01em}
section{margin:0 0 2rem}
section.series{border-top:1px solid var(--line);padding-top:1.8rem;margin-top:2.4rem}
.facts{font-size:.9rem}
.error{border-left:3px solid var(--orange);padding:.15rem 0 .15rem .7rem}
ul{margin:.4rem 0;padding-left:1.2rem}
figure{margin:1.5rem 0}
figcaption{font-size:.8rem;margin-top:.7rem}
svg{display:block}
.key{white-space:nowrap;margin-right:.7em}
.key i,.steps i{display:inline-block;width:.72em;height:.72em;border-radius:2px;margin-right:.35em;
vertical-align:-.04em}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding:0 0 .4rem}
th,td{text-align:left;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line);
vertical-align:baseline;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:500;font-size:.8rem;color:var(--soft);border-bottom-color:var(--soft)}
tbody th{font-weight:600}
.all :is(td,th):nth-child(n+5),.frames :is(td,th):nth-child(n+3),.calls :is(td,th):nth-child(n+3),
.gaps :is(td,th):nth-child(3),.rules :is(td,th):nth-child(3){text-align:right}
tr.of th{font-weight:400;color:var(--soft)}
tr.of td:nth-child(2){padding-left:.9rem}
td.why{white-space:normal;text-align:left!important;color:var(--soft);padding-top:0;
max-width:20rem;font-size:.85rem}
tr.more :is(td,th){border-bottom:0;padding-bottom:0}
.failed,.partial{color:var(--orange);font-weight:600}
.ok{color:var(--blue)}
.unchanged{color:var(--soft)}
h2 .state{font-size:.85rem;font-weight:600;margin-left:.6rem;white-space:nowrap}
h2 .soft{font-weight:400}
.pair{display:grid;grid-template-columns:minmax(0,17fr) minmax(0,10fr);gap:0 2.5rem;align-items:start}
.pair>:only-child{grid-column:1/-1}
.bar{display:flex;height:6px;border-radius:3px;overflow:hidden;margin:.3rem 0;background:var(--line)}
.bar span{min-width:1px}
.steps{font-size:.85rem}
.s1{background:var(--s1)}.s2{background:var(--s2)}.s3{background:var(--s3)}.s4{background:var(--s4)}
.chart svg{overflow:visible}
.chart>svg{width:calc(100% - 4.2rem);margin-bottom:1.9rem}
text{font-size:11px;fill:var(--soft)}
text.price{dominant-baseline:central}
text.mid{text-anchor:middle}
text.yearname{text-anchor:end;dominant-baseline:central}
path.grid{stroke:var(--line);fill:none;vector-effect:non-scaling-stroke}
path.wick{fill:none;vector-effect:non-scaling-stroke}
path.wick.up{stroke:var(--up)}path.wick.down{stroke:var(--down)}
path.up{fill:var(--up)}path.down{fill:var(--down)}path.vol{fill:var(--vol)}path.hole{fill:var(--hole)}
i.up{background:var(--up)}i.down{background:var(--down)}i.vol{background:var(--vol)}
i.hole{background:var(--hole);outline:1px solid var(--line)}
.cover{overflow:visible;width:100%}
.year{display:grid;grid-template-columns:2.9rem minmax(0,1fr);margin-top:1.7rem;max-width:54rem}
.year span,text.yearname{font-size:.8rem;color:var(--soft)}
.years{padding:1.2rem 0 0 2.9rem;max-width:46rem}
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}
.c5{fill:var(--c5)}.cc{fill:url(#hatch)}
i.c0{background:var(--c0)}i.c1{background:var(--c1)}i.c2{background:var(--c2)}
i.c3{background:var(--c3)}i.c4{background:var(--c4)}i.c5{background:var(--c5)}
i.cc{background:repeating-linear-gradient(135deg,var(--h2) 0 1.3px,var(--h1) 1.3px 3.5px)}
#hatch rect{fill:var(--h1)}#hatch path{stroke:var(--h2);stroke-width:1.4;fill:none}
summary{cursor:pointer;font-size:.9rem;font-weight:650;margin:1.6rem 0 .4rem}
footer{border-top:1px solid var(--line);margin-top:3rem;padding-top:.8rem;font-size:.8rem;
color:var(--soft)}
@media (max-width:58rem){.pair{grid-template-columns:minmax(0,1fr)}}
@media (max-width:40rem){body{font-size:14px}main{padding:1.4rem 1rem 3rem}h1{font-size:1.5rem}
th,td{padding-right:.7rem}.gaps :is(th,td){font-size:.8rem;padding-right:.45rem}.tiles{grid-template-columns:repeat(2,1fr)}
.all tbody th,.all thead th:first-child{position:sticky;left:0;background:var(--bg);
max-width:9.5rem;overflow:hidden;text-overflow:ellipsis}
td.why{max-width:0;white-space:normal}td.why span{display:block;position:sticky;left:0;
max-width:calc(100vw - 2rem)}
.year{grid-template-columns:minmax(0,1fr)}.year span{padding-bottom:1rem;font-weight:600}
text{font-size:10px}}
@media print{:root{--bg:#fff}body{font-size:10pt}main{max-width:none;padding:0}
figure,tr,.tiles,.verdict{break-inside:avoid}h2,h3,summary{break-after:avoid}.wide{overflow:visible}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
details::details-content{content-visibility:visible;height:auto}}
)css";
}

std::string_view shared_shapes() {
  return R"(<svg class="shapes" width="0" height="0" aria-hidden="true" focusable="false"><defs>)"
         R"(<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse">)"
         R"(<rect width="4" height="4"/><path d="M-1 1l2 -2M0 4l4 -4M3 5l2 -2"/></pattern>)"
         R"(</defs></svg>)";
}

}  // namespace chandler::html
