import { expect, it } from 'vitest';
import { escapeText, Html, html } from '../../src/report/html.js';

it.each([
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  [`" onload='x' & <`, '&quot; onload=&#39;x&#39; &amp; &lt;'],
  ['a\u0000b\u001b[31m\u0085', 'a�b�[31m�'],
  ['\ud800 alone, 𝛼 whole', '� alone, 𝛼 whole'],
  ['naïve Größe 数\n', 'naïve Größe 数\n'],
])('escapes %j for HTML and XML', (text, expected) => {
  expect(escapeText(text)).toBe(expected);
});

it('escapes the values of a template, except HTML', () => {
  const { text } = html`<p title="${'"'}">${['<', 1, null, new Html('<b>')]}${html`<i>${'&'}</i>`}</p>`;
  expect(text).toBe('<p title="&quot;">&lt;1<b><i>&amp;</i></p>');
});
