import type { SupplyKind } from '../model/printer.ts'

/**
 * The words that printers use for supplies and colours, for devices whose prtMarkerSuppliesType or colorant says
 * nothing. English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Swedish, Turkish, Russian,
 * Japanese, Chinese. Order matters: a waste toner box is no toner, a drum cartridge no toner cartridge.
 */
const KIND_WORDS: ReadonlyArray<[SupplyKind, RegExp]> = [
  ['other', /ribbon|farbband/],
  ['waste_ink', /waste ink|resttinte|ink absorber|廃インク|废墨/],
  [
    'waste_toner',
    /waste|resttoner|alttoner|collection unit|collecteur|r[ée]cup[ée]rat|residu|residual|recupero|afvaltoner|zużyt|odpadn|atık|отработ|廃トナー|废粉/,
  ],
  ['staples', /staple|heftklammer|agrafe|grapas|grampo|punti metallici|nietjes|zszyw|скреп|ステープル|装订/],
  ['maintenance', /cleaner|cleaning (?:unit|pad|kit|blade)|feed roll|pick-?\s?up roll|roller kit/],
  ['fuser', /fuser|fusing|fixier|fusion|four|fusor|fusore|fixeer|utrwal|fixační|термоблок|定着|定影/],
  ['transfer_belt', /transfer|belt|übertrag|transfert|correa|cinghia|cinta|riem|przenosz|pásov|перенос|転写|转印/],
  ['developer', /develop|entwickler|d[ée]velopp|revelador|sviluppo|ontwikkel|wywoł|vývojnic|проявит|現像|显影/],
  [
    'drum',
    /drum|photoconduct|imaging unit|image unit|\bopc\b|trommel|tambour|tambor|tamburo|bęben|válec|барабан|ドラム|感光|硒鼓/,
  ],
  [
    'maintenance',
    /maintenance|wartung|entretien|mantenimiento|manuten|onderhoud|konserwac|údržb|обслуж|メンテナンス|维护/,
  ],
  ['ink', /\bink|tinte|encre|\btinta|inchiostro|\binkt|atrament|inkoust|mürekkep|чернил|インク|墨水|墨盒/],
  ['toner', /toner|tóner|тонер|картридж|トナー|碳粉|墨粉|print cartridge/],
]

const COLOR_WORDS: ReadonlyArray<[string, RegExp]> = [
  ['black', /black|schwarz|\bnoir|\bnegro|\bpreto|\bnero\b|zwart|czarn|čern|svart|siyah|ч[её]рн|ブラック|黑/],
  ['cyan', /cyan|zyan|\bcian|ciano|cyjan|azurov|голуб|シアン|青/],
  ['magenta', /magenta|пурпур|マゼンタ|品红|洋红/],
  ['yellow', /yellow|gelb|jaune|amarillo|amarelo|giallo|geel|żół|žlut|\bgul\b|sarı|ж[её]лт|イエロー|黄/],
]

/** What kind of supply a name speaks of; null when it names none. */
export function kindOfName(name: string): SupplyKind | null {
  const lower = name.toLowerCase()
  return KIND_WORDS.find(([, words]) => words.test(lower))?.[0] ?? null
}

/** Kyocera's part numbers, which its copiers give for names: "TK-895C". */
const TONER_KIT = /^TK-?\d{2,5}([KCMY])S?$/
const TONER_KIT_COLORS: Readonly<Record<string, string>> = { K: 'black', C: 'cyan', M: 'magenta', Y: 'yellow' }

/** The one colour that a name speaks of, in English; null for none, and for a set of several. */
export function colorOfName(name: string): string | null {
  const kit = TONER_KIT.exec(name)?.[1]
  if (kit) return TONER_KIT_COLORS[kit] ?? null
  const lower = name.toLowerCase()
  const found = COLOR_WORDS.filter(([, words]) => words.test(lower))
  return found.length === 1 ? (found[0]?.[0] ?? null) : null
}
