import type { SupplyKind } from '../model/printer.ts'
import { remember } from '../model/remember.ts'

/**
 * The words that printers use for supplies and colours, for devices whose prtMarkerSuppliesType or colorant says
 * nothing. English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Swedish, Danish, Norwegian, Finnish,
 * Turkish, Russian, Japanese, Chinese, Korean. Order matters: a waste toner box is no toner, a drum cartridge no toner
 * cartridge.
 */
const KIND_WORDS: ReadonlyArray<[SupplyKind, RegExp]> = [
  ['other', /ribbon|farbband/],
  [
    'waste_ink',
    /waste ink|resttinte|ink absorber|spildblæk|blekkspill|spillbläck|hukkamuste|jätemuste|廃インク|废墨|폐\s?잉크/,
  ],
  [
    'waste_toner',
    /waste|resttoner|alttoner|tonerabfall|abfalltoner|tonerrest|collection unit|collecteur|r[ée]cup[ée]rat|r[ée]cup(?:\.|$)|res[ií]du|recupero|afvaltoner|zużyt|odpadn|atık|отработ|廃トナー|废粉|폐\s?토너|토너 회수/,
  ],
  [
    'waste_toner',
    /affaldstoner|spildtoner|tonerspild|overskudstoner|avfallstoner|spilltoner|tonerspill|overskuddstoner|överskottstoner|hukkaväri|jäteväri|värijäte|hukkatoner|jätetoner/,
  ],
  [
    'waste_toner',
    /used toner|brugt toner|brukt toner|använd toner|gebrauchter toner|t[oó]ner (?:usad[oa]|usato|usag[ée]|esausto)/,
  ],
  [
    'staples',
    /staple|heftklammer|agrafe|grapas|grampo|punti metallici|nietjes|zszyw|hæfteklamme|niitti|скреп|ステープル|装订|스테이플/,
  ],
  ['maintenance', /cleaner|cleaning (?:unit|pad|kit|blade)|feed roll|pick-?\s?up roll|roller kit/],
  [
    'fuser',
    /fuser|fusing|fixier|fusion|^four$|(?:kit|unité|module|bloc)(?: de| du)? four\b|fusor|fusore|fixeer|utrwal|fixační|fikser|fiksering|kiinnity|термоблок|定着|定影|정착|퓨저/,
  ],
  ['transfer_belt', /transfer|belt|übertrag|transfert|correa|cinghia|cinta|riem|przenosz|pásov|перенос|転写|转印|전사/],
  [
    'developer',
    /develop|entwickler|d[ée]velopp|revelador|sviluppo|ontwikkel|wywoł|vývojnic|fremkald|проявит|現像|显影|현상/,
  ],
  [
    'drum',
    /drum|photoconduct|imaging unit|image unit|\bopc\b|tromm|tromle|trumma|rumpu|tambour|tambor|tamburo|bęben|válec|барабан|ドラム|感光|硒鼓|드럼/,
  ],
  [
    'maintenance',
    /maintenance|wartung|entretien|mantenimiento|manuten|onderhoud|konserwac|údržb|vedligehold|vedlikehold|underhåll|huolto|обслуж|メンテナンス|维护|유지/,
  ],
  [
    'ink',
    /\bink|tinte|encre|\btinta|inchiostro|\binkt|atrament|inkoust|mürekkep|blæk|blekk|bläck|mustepatruuna|mustekasetti|чернил|インク|墨水|墨盒|잉크/,
  ],
  ['toner', /toner|tóner|väriaine|тонер|картридж|トナー|碳粉|墨粉|토너|print cartridge/],
]

const COLOR_WORDS: ReadonlyArray<[string, RegExp]> = [
  [
    'black',
    /black|schwarz|\bnoire?s?\b|\bnegr[oa]\b|\bpret[oa]\b|\bnero\b|zwart|czarn|čern|svart|\bsort\b|\bmusta\b|siyah|ч[её]рн|ブラック|黑|검정|검은|블랙/,
  ],
  ['cyan', /cyan|zyan|\bcian|ciano|cyjan|azurov|syaani|голуб|シアン|青|시안|청록/],
  ['magenta', /magenta|пурпур|マゼンタ|品红|洋红|마젠타/],
  [
    'yellow',
    /yellow|gelb|jaune|amarillo|amarelo|giallo|geel|żół|žlut|\bgul\b|keltainen|sarı|ж[её]лт|イエロー|黄|노랑|노란|옐로/,
  ],
]

/** What kind of supply a name speaks of; null when it names none. */
export const kindOfName = remember((name): SupplyKind | null => {
  const lower = name.normalize().toLowerCase()
  return KIND_WORDS.find(([, words]) => words.test(lower))?.[0] ?? null
})

/** Kyocera's part numbers, which its copiers give for names: "TK-895C". */
const TONER_KIT = /^TK-?\d{2,5}([KCMY])S?$/
const TONER_KIT_COLORS: Readonly<Record<string, string>> = { K: 'black', C: 'cyan', M: 'magenta', Y: 'yellow' }

/** The one colour that a name speaks of, in English; null for none, and for a set of several. */
export const colorOfName = remember((name): string | null => {
  const kit = TONER_KIT.exec(name)?.[1]
  if (kit) return TONER_KIT_COLORS[kit] ?? null
  const lower = name.normalize().toLowerCase()
  const found = COLOR_WORDS.filter(([, words]) => words.test(lower))
  return found.length === 1 ? (found[0]?.[0] ?? null) : null
})

/** What the value of a colorant is made of beside the four colours above: shades, then colours. */
const COLORANT_WORDS: ReadonlyArray<[string, RegExp]> = [
  ['light', /^(?:light|lt|hell(?:es)?|claire?|clar[oa]|chiaro|licht|ljus|lys|ライト|浅|淡|светло)$/],
  ['photo', /^(?:photo|foto|フォト|照片)$/],
  ['matte', /^(?:matte?|mate|opaco|mat|マット|粗面)$/],
  ['gray', /^(?:gr[ae]y|grau|gris|cinza|grigio|grijs|grå|szary|グレー|灰色?|сер\p{L}{2})$/u],
  ['red', /^(?:red|rot|rouge|rojo|rosso|vermelho|rood|レッド|红色?|красный)$/],
  ['green', /^(?:green|grün|vert|verde|groen|グリーン|绿色?|зел[её]ный)$/],
  ['blue', /^(?:blue|blau|bleu|azul|blu|blauw|ブルー|蓝色?|синий)$/],
  ['orange', /^(?:orange|naranja|laranja|arancione|オレンジ|橙色?)$/],
  ['white', /^(?:white|weiß|weiss|blanc|blanco|branco|bianco|wit|ホワイト|白色?)$/],
  ['clear', /^(?:clear|transparent|クリア)$/],
]
const SHADES: ReadonlySet<string> = new Set(['light', 'photo', 'matte'])
const COLORANT_CODES: Readonly<Record<string, string>> = {
  k: 'black',
  bk: 'black',
  blk: 'black',
  c: 'cyan',
  m: 'magenta',
  y: 'yellow',
  lc: 'light cyan',
  lm: 'light magenta',
  lk: 'light black',
  pk: 'photo black',
  pbk: 'photo black',
  mk: 'matte black',
  mbk: 'matte black',
  gy: 'gray',
  lgy: 'light gray',
}

/**
 * The colour that a prtMarkerColorantValue names, in our words: `schwarz`, `K` and `Noir` are `black`, `LightCyan` and
 * `cyan clair` are `light cyan`. What it does not know whole comes back as it is, in lower case.
 */
export const colorOfColorant = remember((text): string => {
  const plain = text.normalize().trim()
  const lower = plain.toLowerCase()
  const words = plain
    .slice(0, 60)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/(?<!\p{L})(light|photo|matte|ライト|フォト|マット|浅|淡|照片)(?=\p{L})/gu, '$1 ')
    .split(/[\s_-]+/)
    .filter((word) => word !== '')
  if (words.length === 1 && words[0] !== undefined && Object.hasOwn(COLORANT_CODES, words[0])) {
    return COLORANT_CODES[words[0]] as string
  }
  const known = words.map(colorantWord)
  const colors = known.filter((word) => word !== null && !SHADES.has(word))
  if (known.includes(null) || colors.length !== 1) return lower
  return [...known.filter((word) => word !== colors[0]), ...colors].join(' ')
})

/** The one shade or colour that a word is; null for none, and for "black/cyan". */
function colorantWord(word: string): string | null {
  const found = [...COLORANT_WORDS, ...COLOR_WORDS].filter(([, words]) => words.test(word))
  return found.length === 1 ? (found[0]?.[0] ?? null) : null
}
