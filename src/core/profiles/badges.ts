/** Makers as they are written on the box, and the words by which devices call them; longer words stand first. */
export const BADGES: ReadonlyArray<{ name: string; words: readonly string[] }> = [
  { name: 'HP', words: ['hewlett-packard', 'hewlett packard', 'hp'] },
  { name: 'Brother', words: ['brother industries', 'brother'] },
  { name: 'Canon', words: ['canon'] },
  { name: 'Citizen', words: ['citizen'] },
  { name: 'Datamax', words: ["datamax-o'neil", 'datamax'] },
  { name: 'Dell', words: ['dell'] },
  { name: 'Develop', words: ['develop'] },
  { name: 'Epson', words: ['seiko epson', 'epson'] },
  { name: 'Fuji Xerox', words: ['fuji xerox', 'fujixerox'] },
  { name: 'FUJIFILM', words: ['fujifilm business innovation', 'fujifilm'] },
  { name: 'Gestetner', words: ['gestetner'] },
  { name: 'Godex', words: ['godex'] },
  { name: 'Honeywell', words: ['honeywell'] },
  { name: 'IBM', words: ['ibm'] },
  { name: 'InfoPrint', words: ['infoprint'] },
  { name: 'Infotec', words: ['infotec'] },
  { name: 'Intermec', words: ['intermec'] },
  { name: 'Kodak', words: ['kodak'] },
  { name: 'Konica Minolta', words: ['konica minolta', 'konicaminolta'] },
  { name: 'Kyocera', words: ['kyocera document solutions', 'kyocera mita', 'kyocera'] },
  { name: 'Lanier', words: ['lanier'] },
  { name: 'Lexmark', words: ['lexmark international', 'lexmark'] },
  { name: 'NRG', words: ['nrg'] },
  { name: 'Muratec', words: ['muratec'] },
  { name: 'Nashuatec', words: ['nashuatec'] },
  { name: 'Océ', words: ['océ', 'oce'] },
  { name: 'OKI', words: ['oki data corporation', 'oki data', 'okidata', 'oki'] },
  { name: 'Olivetti', words: ['olivetti'] },
  { name: 'Panasonic', words: ['panasonic'] },
  { name: 'Pantum', words: ['pantum'] },
  { name: 'Printronix', words: ['printronix'] },
  { name: 'Rex Rotary', words: ['rex-rotary', 'rex rotary'] },
  { name: 'Ricoh', words: ['ricoh'] },
  { name: 'Riso', words: ['riso kagaku', 'riso'] },
  { name: 'Samsung', words: ['samsung electronics', 'samsung'] },
  { name: 'SATO', words: ['sato'] },
  { name: 'Savin', words: ['savin'] },
  { name: 'Sharp', words: ['sharp'] },
  { name: 'Sindoh', words: ['sindoh'] },
  { name: 'Star', words: ['star micronics'] },
  { name: 'Tally', words: ['tallygenicom', 'tally'] },
  { name: 'Toshiba TEC', words: ['toshiba tec', 'toshibatec'] },
  { name: 'Toshiba', words: ['toshiba'] },
  { name: 'Triumph-Adler', words: ['triumph-adler', 'triumph adler', 'ta triumph-adler'] },
  { name: 'TSC', words: ['tsc auto id', 'tsc'] },
  { name: 'UTAX', words: ['utax_ta', 'utax'] },
  { name: 'Xerox', words: ['xerox'] },
  { name: 'Zebra', words: ['zebra technologies', 'zebra', 'ztc'] },
]

const SUFFIX =
  /^(?:[ ,]*(?:[®™]|\((?:r|tm)\)|corporation|corp\.?|incorporated|inc\.?|co\., ?ltd\.?|ltd\.?|electronics|international))*/i

/** The badge whose word the text begins with, and the text behind it; null for none. */
export function findBadge(text: string): { name: string; rest: string } | null {
  const lower = text.toLowerCase()
  let best: { name: string; rest: string; length: number } | null = null
  for (const { name, words } of BADGES) {
    for (const word of words) {
      if (!lower.startsWith(word) || /[a-z0-9]/.test(lower.charAt(word.length))) continue
      if (best && best.length >= word.length) continue
      const behind = text.slice(word.length)
      best = { name, rest: behind.slice(SUFFIX.exec(behind)?.[0].length ?? 0).trim(), length: word.length }
    }
  }
  return best && { name: best.name, rest: best.rest }
}
