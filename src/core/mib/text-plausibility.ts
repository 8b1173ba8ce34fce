/** Cyrillic of Russian, Ukrainian, Belarusian and Bulgarian, by far the most that printers show. */
const COMMON_CYRILLIC = /[\u0410-\u044fЁёЄєІіЇїЎўҐґ]/
const REFUSED = /[\ufffd\p{Co}\p{Cn}\p{Cs}\u0080-\u009f]/u
const BOX_DRAWING = /[\u2500-\u259f■]/
const LETTER = /[\p{L}\p{M}]/u
/** `ˆ`, `ˇ`: letters to Unicode, but no word has them. */
const MODIFIER = /[\u02b0-\u02ff]/
const LATIN = /\p{Script=Latin}/u
const LATIN_LOWER = /(?=\p{Ll})\p{Script=Latin}/u
const CYRILLIC = /\p{Script=Cyrillic}/u
const HALF_WIDTH_KATAKANA = /[\uff61-\uff9f]/
const IDEOGRAPH = /\p{Script=Han}/u
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}ー\uff70\uff9e\uff9f]/u
/** Writing systems that no word has two of. */
const SCRIPTS = [
  LATIN,
  CYRILLIC,
  /\p{Script=Greek}/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Georgian}/u,
]
const EAST_ASIAN_PUNCTUATION = /[\u3000-\u303f\uff00-\uff60]/
/** Signs that stand next to letters and digits in ordinary text. */
const CLINGING_SIGN = /[®™©°’²³½¼¾\u00a0–—…№]/
const FREE_SIGN = /[–—№]/
const OPENING_SIGN = /[¡¿«„“‘]/
const CLOSING_SIGN = /[»”’]/
const PARTNERS: Readonly<Record<string, string>> = { '¡': '!', '¿': '?', '«': '»', '“': '”', '„': '“' }
/** Letters to Unicode, signs to a reader: `nº 1`, `20 µm`. */
const LETTER_LIKE_SIGN = /[ªºµƒ]/

/** One language of the Latin alphabet. */
interface Language {
  /** What a letter gets that fits it: less for those that few printers speak, so that they do not win by rare letters. */
  readonly weight: number
  /** Where its letters beyond ASCII stand, in lower case. */
  readonly places: RegExp
}

/**
 * The places tell sets apart where a letter alone would not: ê of Latin-1 is õ in hp-roman8, and õ stands before e. They
 * need not hold for each word there is: one that fits nowhere loses only to a reading that fits somewhere.
 */
const LANGUAGES: readonly Language[] = [
  // German; Swedish, and Finnish with its foreign words; Danish and Norwegian
  { weight: 1, places: /[äöé]|(?<=\p{L})ü|(?<!\p{L})ü(?=[bp])|(?<=[aeiouäöü])ß(?!c)/gu },
  { weight: 1, places: /[åäöé]/gu },
  { weight: 0.94, places: /[åäöéšž]/gu },
  { weight: 1, places: /[åé]|(?<![aiou])æ|(?<=\p{L})ø(?![aiouáíóú])|ø(?=isk)|(?<!\p{L})ø(?=[vskrjly]|ns|er|ge)/gu },
  // French
  {
    weight: 1,
    places:
      /é|è(?=[bcdfglmnpqrstvxz])|(?<!\d)à(?!\p{L})|(?<=\p{L})â(?=[bcdfglmnpqrstvx])|(?<!\p{L})â(?=[gmnp])|(?<=vi)ê(?=t)|(?<=[^\P{L}i])ê(?=ch|[tmlnvpqr])|(?<!\p{L})ê(?=tr)|(?<=\p{L})î(?=[tnlmrcsv])|(?<!\p{L})î(?=l)|(?<=\p{L})ô(?=[bcdfglmnpqrstvx])|(?<!\p{L})ô(?=t)|(?<=\p{L})ô(?!\p{L})|(?<=\p{L})û(?=[tlrcm]|n(?!\p{L}|e))|(?<=d)û|(?<=o)ù(?!\p{L})|ç(?=[aou])|(?<=[aeou])[ëïü]|œ(?=[usdi])/gu,
  },
  // Spanish
  {
    weight: 1,
    places:
      /é|(?<!a)á(?!e|([bdfgmpstvz])\1|[kw])|(?<=\p{L})[íú](?!([bdfgmpstvz])\2|[kw])|ó(?!o|([bdfgmpstvz])\3|[kw])|(?<!\p{L})(?:í(?=[nctbdm])|ú(?=[ltnrs]))|ñ(?=[aeiouáéíóú])|(?<=g)ü(?=[eiéí])|(?<=[ndr\d.])[ºª](?!\p{L})/gu,
  },
  // Portuguese
  {
    weight: 1,
    places:
      /é|(?<!a)á(?!e|([bdfgmnptvz])\1|[kw])|(?<=\p{L})[íú](?!([bdfgmnptvz])\2|[kw])|ó(?!o|([bdfgmnptvz])\3|[kw])|(?<!\p{L})(?:í(?=[nctbdm])|ú(?=[ltnrs]))|â(?=[mn])|(?<=\p{L})ê(?=[nmsuxzr])|(?<!\p{L})ê(?=[nx])|(?<=\p{L})[êô](?!\p{L})|ô(?=[nmsxrulc])|ã(?=[eo]|s?(?!\p{L}))|õ(?=e)|ç(?=[aouãõáóú])|(?<!\p{L})à(?=s?(?!\p{L})|quel)|(?<=[ndr\d.])[ºª](?!\p{L})/gu,
  },
  // Italian, Dutch, Catalan
  { weight: 1, places: /é|(?<!\d)[àèìù](?!\p{L})|(?<![\de])ò(?!\p{L})|(?<=[ndr\d.])[ºª](?!\p{L})/gu },
  { weight: 1, places: /é|(?<=[aeiou])[ëïöü]|è(?=[rtn])/gu },
  {
    weight: 0.96,
    places:
      /[éíóú]|(?<=[aeiougq])[ïü]|à(?=[bcdfgjlmnpqrstvxz])|è(?=[bdfgjmpqrsvz])|ò(?=[bdfglmnprvz])|ç(?=[aou])|ç(?!\p{L})/gu,
  },
  // Czech, Slovak
  {
    weight: 0.95,
    places:
      /[éíóďšťž]|(?<!a)á(?!e)|č(?=[aeiouyáéěíóúůýhklntť.])|(?<=[aeiouyáéíóúůý])[řč](?!s)|ř(?=[aeiyáéěí])|(?<=[aeiouyáéíóúůýlr])ň|(?<=[bdfmntpv])ě|(?<=[bcčdhjklmnprřsštvzž])[ůý]|ú(?=[bcčdhklmnprřsštvzž])/gu,
  },
  {
    weight: 0.94,
    places:
      /[äéíóúďľšťž]|(?<!a)á(?!e)|(?<=\p{L})ô(?=\p{L})|č(?=[aeiouyáéíóúýhklntť.])|(?<=[aeiouyáéíóúý])č(?!s)|(?<=[aeiouyáéíóúýlr])ň|(?<=\p{L})ý|(?<=[bcdhkpstvz])[ĺŕ](?=[bcčdhkmnpsštvzž])/gu,
  },
  // Polish
  {
    weight: 0.95,
    places:
      /(?<=\p{L})[ąę](?![aeiouyąęó]|[td]i)|(?<=[aeiouyąęóś])ć(?![aeiouyąęó])|[łśźż]|ó(?![aeiouyąęó])|(?<=[aeiouyąęó])ń(?![aeiouyąęó])/gu,
  },
  // Hungarian, Turkish, Romanian, Croatian and Slovenian
  { weight: 0.92, places: /[éíóöőúüű]|(?<!a)á(?!e)/gu },
  { weight: 0.93, places: /[çöşüıİ]|(?<=[aeıioöuü])ğ|(?<=\p{L})[âîû](?=\p{L})/gu },
  { weight: 0.93, places: /[ăâîșțşţ]/gu },
  { weight: 0.93, places: /[šž]|đ(?=[aeiou])|(?<=[aeiou])ć|č(?=[aeioukn])|(?<=[aeiou])č(?!s)/gu },
  // Lithuanian, Latvian, Estonian, Icelandic
  { weight: 0.86, places: /[ąčęėįšųūž]/gu },
  { weight: 0.86, places: /[āčēģīķļņšūž]/gu },
  { weight: 0.93, places: /[äöüšž]|(?<=(?<!\p{L})[bghjklmnprstv]{0,2})õ/gu },
  { weight: 0.935, places: /[áðéíóúýæö]|þ(?=[aeiouyáéíóúýæöjrv])/gu },
]

/** Parts of words that printers show, where a wrong set gives a letter that could stand there as well. */
const KNOWN_WORDS =
  /öffn|über|prüf|gerät|behält|änder|äußer|größ|schließ|wähl|öl(?!\p{L})|étag|état|étiq|écono|énerg|épuis|échec|écran|élev|équip|éteind|últim|únic|útil|índic|área|vací|unità|ão(?!\p{L})|ões(?!\p{L})|ícone|ótimo|återst|åtgärd|öppn|öppe|över|øvre|øvers|øst|österr|östra|åbn|åpn|økon|ændr|údržb|účet|účt|účes|čern|žlut|bęben|żółt|zużyt|wymień|błąd/gu
const KNOWN_WORD = 1.08
const OTHER_LANGUAGE = 0.05
/** How far it is judged; nothing shows more of a text. */
const MAX_JUDGED = 1024
/** A letter of Western languages in a place where none has it. */
const WESTERN = /[à-öø-üœß]/
const RARE = /[ðõýþ]/

/**
 * How much decoded text looks like something a person wrote, from 0 to 1, a little above for words that printers show; null
 * when it cannot be text at all (replacement characters, C1 controls, private or unassigned code points). Only characters
 * beyond ASCII are judged: by the words they stand in (the script should not change inside a word, nor should a capital stand
 * behind a small letter or between a capital and a small letter, nor a sign between letters), and Latin letters by the
 * language that the whole text fits best. Text without such characters is 1.
 */
export function scorePlausibility(text: string): number | null {
  if (REFUSED.test(text)) return null
  const characters = Array.from(text.slice(0, MAX_JUDGED))
  const words = markWords(characters)
  const fits = fitLanguages(characters, words)
  const isLatin = LATIN_LOWER.test(text)
  const present = new Set(characters)
  let judged = 0
  let sum = 0
  for (const [i, character] of characters.entries()) {
    if (character <= '\u007f') continue
    judged++
    const word = words[i] as Word | null
    sum +=
      word === null
        ? scoreSign(characters, i, present)
        : scoreLetter(characters, i, word, isLatin) * (fits[i] as number)
  }
  return judged === 0 ? 1 : sum / judged
}

interface Word {
  readonly start: number
  readonly end: number
  /** No language writes it so. */
  readonly broken: boolean
}

/** For each character the word it belongs to, null outside words. */
function markWords(characters: readonly string[]): (Word | null)[] {
  const words: (Word | null)[] = new Array(characters.length).fill(null)
  for (let start = 0; start < characters.length; start++) {
    let end = start
    while (end < characters.length && isLetter(characters[end] as string)) end++
    if (end === start) continue
    words.fill({ start, end, broken: isBroken(characters.slice(start, end)) }, start, end)
    start = end - 1
  }
  return words
}

function isBroken(letters: readonly string[]): boolean {
  const text = letters.join('')
  const scripts = SCRIPTS.filter((script) => script.test(text)).length
  if (scripts > 1) return true
  if (EAST_ASIAN.test(text)) return scripts === 1 && (!LATIN.test(text) || hasStrayIdeograph(letters))
  const accented = letters.filter((letter) => letter > '\u007f').length
  return LATIN.test(text) && letters.length > 2 && accented > 0.7 * letters.length && !isDenselyAccented(text)
}

/** `Włóż`: what no language of ISO-8859-1 does. Cyrillic in the wrong set has no plain letter left. */
function isDenselyAccented(text: string): boolean {
  if (!/[a-z]/i.test(text) || !/[\u0100-\u017f]/.test(text)) return false
  const lower = text.toLowerCase()
  const accented = lower.match(/[^a-z]/g)?.length ?? 0
  return LANGUAGES.some(({ weight, places }) => weight > 0.9 && indicesOf(lower, places).size === accented)
}

/** `Ger鋞`, but not `Webページ`: an accented letter takes one neighbour with it, so wrong characters come by ones and twos. */
function hasStrayIdeograph(letters: readonly string[]): boolean {
  for (const { 0: run, index, input } of letters.join('').matchAll(/[^\p{Script=Latin}]+/gu)) {
    const before = input.charAt(index - 1)
    const after = input.charAt(index + run.length)
    const { length } = Array.from(run.slice(0, 6))
    if (before !== '' && after !== '' && length <= 2) return true
    if (length === 1 && (HALF_WIDTH_KATAKANA.test(run) || LATIN_LOWER.test(before + after))) return true
  }
  return false
}

function scoreLetter(characters: readonly string[], i: number, word: Word, isLatin: boolean): number {
  const letter = characters[i] as string
  if (word.broken) return 0.2
  if (isOddCase(characters, i, word)) return 0.3
  const length = word.end - word.start
  if (LETTER_LIKE_SIGN.test(letter) && length > 2) return 0.1
  // a letter that stands alone beside words of the Latin alphabet
  if (length === 1 && isLatin && (CYRILLIC.test(letter) || (i > 0 && isCapital(letter)))) return 0.5
  if (HALF_WIDTH_KATAKANA.test(letter)) return length === 1 ? 0.5 : 0.8
  if (IDEOGRAPH.test(letter)) return 0.9
  if (!LETTER_LIKE_SIGN.test(letter) && isNextToDigit(characters, i)) return length === 1 ? 0.7 : 0.8
  // displays begin with a capital
  if (i === 0 && isSmall(letter)) return 0.9
  return CYRILLIC.test(letter) && !COMMON_CYRILLIC.test(letter) ? 0.4 : 1
}

function isOddCase(characters: readonly string[], i: number, { start, end }: Word): boolean {
  const letter = characters[i] as string
  if (letter === 'ß') return false
  const [before, after] = [i > start ? characters[i - 1] : '', i + 1 < end ? characters[i + 1] : ''] as [string, string]
  if (isSmall(before) && before !== 'ß' && isCapital(letter)) return true
  if (isSmall(letter) && isCapital(after)) return true
  if (isSmall(letter) && isCapital(before) && i - 2 >= start && isCapital(characters[i - 2] as string)) return true
  if (before === '' && isCapital(letter) && isCapital(after) && i + 2 < end && isSmall(characters[i + 2] as string)) {
    return characters[i + 2] !== 'ß'
  }
  return isCapital(before) && isCapital(letter) && isSmall(after) && after !== 'ß'
}

const isLetter = (character: string) => LETTER.test(character) && !MODIFIER.test(character)
const isCapital = (character: string) => /\p{Lu}/u.test(character)
const isSmall = (character: string) => /\p{Ll}/u.test(character)
const isNextToDigit = (characters: readonly string[], i: number) =>
  /\d/.test(`${characters[i - 1] ?? ''}${characters[i + 1] ?? ''}`)
const isAccented = (character: string) => character > '\u007f' && LATIN.test(character)

/** For each character how well it fits the languages of its word and of the text; 1 for all but accented Latin letters. */
function fitLanguages(characters: readonly string[], words: readonly (Word | null)[]): number[] {
  const lower = characters.map((character) => (character === 'İ' ? character : character.toLowerCase()))
  const fits = lower.map((letter) => (isAccented(letter) ? fitNoLanguage(letter) : 1))
  if (!lower.some(isAccented)) return fits
  const text = lower.map((letter) => (letter.length === 1 ? letter : ' ')).join('')
  const languages = LANGUAGES.map(({ weight, places }) => ({ weight, indices: indicesOf(text, places) }))
  const ofText = bestOf(languages, 0, text.length)
  for (const word of new Set(words)) {
    if (word === null) continue
    const ofWord = bestOf([ofText, ...languages], word.start, word.end)
    const isStrange = countIn(ofWord.indices, word.start, word.end) > countIn(ofText.indices, word.start, word.end)
    const weight = ofWord.weight - (isStrange ? OTHER_LANGUAGE : 0)
    const isMixed = countIn(ofWord.indices, word.start, word.end) > 0
    for (let i = word.start; i < word.end; i++) {
      if (!isAccented(lower[i] as string)) continue
      fits[i] = ofWord.indices.has(i) ? weight : Math.min(fits[i] as number, isMixed ? 0.7 : 1)
    }
  }
  for (const match of text.matchAll(KNOWN_WORDS)) {
    for (let i = match.index; i < match.index + match[0].length; i++) {
      if (isAccented(lower[i] as string)) fits[i] = KNOWN_WORD
    }
  }
  return fits
}

interface Fit {
  readonly weight: number
  readonly indices: ReadonlySet<number>
}

const indicesOf = (text: string, places: RegExp) => new Set(Array.from(text.matchAll(places), ({ index }) => index))

function countIn(indices: ReadonlySet<number>, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) if (indices.has(i)) count++
  return count
}

/** The language that accounts for most of a stretch of text; of equal ones the first. */
function bestOf(languages: readonly Fit[], start: number, end: number): Fit {
  const sums = languages.map(({ weight, indices }) => weight * countIn(indices, start, end))
  return languages[sums.indexOf(Math.max(...sums))] as Fit
}

function fitNoLanguage(letter: string): number {
  if (RARE.test(letter)) return 0.6
  if (WESTERN.test(letter)) return 0.84
  return /[\u0100-\u017f\u1ea0-\u1ef9]/.test(letter) ? 0.6 : 0.4
}

function scoreSign(characters: readonly string[], i: number, present: ReadonlySet<string>): number {
  const sign = characters[i] as string
  if (BOX_DRAWING.test(sign) || MODIFIER.test(sign)) return 0.1
  if (EAST_ASIAN_PUNCTUATION.test(sign)) return 0.9
  const left = isLetter(characters[i - 1] ?? '')
  const right = isLetter(characters[i + 1] ?? '')
  const partner = PARTNERS[sign]
  if (partner !== undefined && !left && present.has(partner)) return 1
  if (OPENING_SIGN.test(sign) && !left) return 0.8
  if (CLOSING_SIGN.test(sign) && !right) return 0.8
  if (CLINGING_SIGN.test(sign))
    return left && right && sign !== '’' ? 0.3 : !left && !right && FREE_SIGN.test(sign) ? 0.9 : 0.8
  if (left && right) return 0.1
  return left || right ? 0.3 : 0.8
}

/** True when all letters are of one script; Chinese characters and kana count as one. */
export function isOfOneScript(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.join('') ?? ''
  const scripts = [...SCRIPTS, EAST_ASIAN].filter((script) => script.test(letters))
  return scripts.length === 1 && Array.from(letters).every((letter) => scripts[0]?.test(letter))
}

/** True for words, names and numbers as a printer shows them; false for bytes of something else that happen to be ASCII. */
export function looksLikeAsciiWords(text: string): boolean {
  if (!/^[\t\n\r\x20-\x7e]*$/.test(text)) return false
  let runs = 0
  let length = 0
  for (const token of text.split(/\s+/)) {
    length += token.length
    runs += token.match(/[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]+/g)?.length ?? 0
    // a model or part number is one word
    if (/^[A-Z\d][A-Z\d./_-]+$/.test(token)) runs -= (token.match(/[A-Z]+|\d+|[^A-Z\d]+/g)?.length ?? 1) - 1
  }
  return length <= 2 || runs * 2 <= length
}
