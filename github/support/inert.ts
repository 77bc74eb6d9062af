/** Makes Markdown that others have written safe to publish in the name of the token's owner. */

/** Separates what would have a meaning together. It has no width, in code neither. */
const gap = "\u200b";

/**
 * Text that is shown as it is: no HTML, no entities, no mentions, no references to issues, no links, images or
 * definitions of links, no fences. Tables, headings, lists, quotes and emphasis keep their meaning.
 */
export function inert(text: string): string {
  return visible(text)
    .replaceAll(/[<@]/g, `$&${gap}`)
    .replaceAll(/&(?=[#a-z])/gi, `$&${gap}`)
    .replaceAll(/#(?=\d)/g, `$&${gap}`)
    .replaceAll(/GH-(?=\d)/gi, `$&${gap}`)
    .replaceAll(/:(?=\/\/)/g, `$&${gap}`)
    .replaceAll(/www(?=\.)/gi, `$&${gap}`)
    .replaceAll(/\](?=[([:])/g, `$&${gap}`)
    .replaceAll(/([`~])(?=\1\1)/g, `$1${gap}`);
}

/** A block of code from which nothing in the text can break out. */
export function codeBlock(text: string, language: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}${language}\n${visible(text)}\n${fence}`;
}

/** Removes characters that nobody sees or that turn the direction of the text, except for tabs and ends of lines. */
function visible(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, "");
}
