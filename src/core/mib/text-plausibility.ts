/** Cyrillic of Russian, Ukrainian, Belarusian and Bulgarian, by far the most that printers show. */
const COMMON_CYRILLIC = /[\u0410-\u044fЁёЄєІіЇїЎўҐґ]/
const REFUSED = /[\ufffd\p{Co}\p{Cn}\p{Cs}\u0080-\u009f]/u
const BOX_DRAWING = /[\u2500-\u259f]/
const LETTER = /[\p{L}\p{M}]/u
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]
const HALF_WIDTH_KATAKANA = /[\uff61-\uff9f]/
const IDEOGRAPH = /\p{Script=Han}/u
const EAST_ASIAN_PUNCTUATION = /[\u3000-\u303f\uff00-\uff60]/
/** Signs that stand next to letters and digits in ordinary text. */
const CLINGING_SIGN = /[®™©°’µ²³½¼¾\u00a0–—…]/

/**
 * How much decoded text looks like something a person wrote, from 0 to 1; null when it cannot be text at all (replacement
 * characters, C1 controls, private or unassigned code points). Only characters beyond ASCII are judged, by the words they
 * stand in: an alphabet should not change inside a word, nor should a capital follow a small letter, nor a sign or a
 * piece of box drawing stand between letters. Text without such characters is 1.
 */
export function scorePlausibility(text: string): number | null {
  if (REFUSED.test(text)) return null
  const characters = Array.from(text)
  const words = markWords(characters)
  let judged = 0
  let sum = 0
  for (const [i, character] of characters.entries()) {
    if (character <= '\u007f') continue
    judged++
    sum += words[i] === null ? scoreSign(characters, i) : scoreLetter(characters, i, words[i] as Word)
  }
  return judged === 0 ? 1 : sum / judged
}

interface Word {
  broken: boolean
}

/** For each character the word it belongs to, null outside words. A word is broken when no language writes it so. */
function markWords(characters: readonly string[]): (Word | null)[] {
  const words: (Word | null)[] = new Array(characters.length).fill(null)
  for (let start = 0; start < characters.length; start++) {
    let end = start
    while (end < characters.length && LETTER.test(characters[end] as string)) end++
    if (end === start) continue
    const letters = characters.slice(start, end)
    const text = letters.join('')
    const alphabets = ALPHABETS.filter((alphabet) => alphabet.test(text)).length
    const accented = letters.filter((letter) => letter > '\u007f').length
    const onlyAccented = ALPHABETS[0]?.test(text) === true && letters.length > 2 && accented > 0.7 * letters.length
    words.fill({ broken: alphabets > 1 || onlyAccented || (alphabets === 1 && IDEOGRAPH.test(text)) }, start, end)
    start = end - 1
  }
  return words
}

function scoreLetter(characters: readonly string[], i: number, word: Word): number {
  const letter = characters[i] as string
  if (word.broken) return 0.2
  if (isCapitalAfterSmall(characters[i - 1], letter) || isCapitalAfterSmall(letter, characters[i + 1])) return 0.3
  if (HALF_WIDTH_KATAKANA.test(letter)) return 0.8
  if (IDEOGRAPH.test(letter)) return 0.9
  return ALPHABETS[1]?.test(letter) && !COMMON_CYRILLIC.test(letter) ? 0.4 : 1
}

function isCapitalAfterSmall(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && /\p{Ll}/u.test(before) && /\p{Lu}/u.test(after)
}

function scoreSign(characters: readonly string[], i: number): number {
  const sign = characters[i] as string
  if (BOX_DRAWING.test(sign)) return 0.1
  if (EAST_ASIAN_PUNCTUATION.test(sign)) return 0.9
  const sides = [characters[i - 1], characters[i + 1]].filter((side) => side !== undefined && LETTER.test(side)).length
  if (CLINGING_SIGN.test(sign)) return sides === 2 && sign !== '’' ? 0.3 : 0.8
  return [0.8, 0.3, 0.1][sides] as number
}
