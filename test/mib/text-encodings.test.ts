import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../src/core/mib/character-set.ts'
import { isOfOneScript, looksLikeAsciiWords, scorePlausibility } from '../../src/core/mib/text-plausibility.ts'

// MIBenum of sets: Latin-1, hp-roman8, IBM 850, Windows-1252; of declarations that say nothing: ASCII, UTF-8
const WESTERN = { 'hp-roman8': 2004, ibm850: 2009, 'windows-1252': 2252 } as const
const SAYS_NOTHING = [null, 3, 106]
const PHRASES = {
  German: [
    'Büro Süd',
    'Für',
    'Öffnen',
    'Ändern',
    'Tonerbehälter',
    'Resttonerbehälter',
    'Übertragungseinheit',
    'Papierstau prüfen',
    'Abdeckung schließen',
    'Gerät bereit',
    'Obere Abdeckung öffnen',
    'BEHÄLTER VOLL',
    'Größe',
    'GRÖßE',
    'Menü',
    'Geschäftsführung 2. Stock',
    'Kühlung',
  ],
  French: [
    'Bac à papier',
    'Prêt',
    'Tambour épuisé',
    'Étage 3',
    'État',
    'Kit de réception',
    'Vérifier la boîte',
    'Contrôler',
    'Français',
    'Magenta très faible',
    'Porte arrière ouverte',
    'Bâtiment',
    'Réseau',
    'Accès',
    'Hôtel de ville',
  ],
  Spanish: [
    'Tóner',
    'Cartucho vacío',
    'VACÍO',
    'Bandeja de alimentación',
    'Depósito de tóner residual',
    'Próximo',
    'Señal',
    'Última página',
    'Único',
    'Área',
    'Planta 2ª',
    '¡Listo!',
    'Diseño',
  ],
  Italian: ['Unità fusore', 'UNITÀ', 'Il toner è esaurito', 'Carta più grande', 'Già vuoto', 'Perché', 'È necessario'],
  Portuguese: [
    'Impressão',
    'IMPRESSÃO',
    'Configurações',
    'Botões',
    'Cartucho não instalado',
    'São Paulo',
    'Padrão',
    'Sim, três',
    'Manutenção',
    'Econômico',
  ],
  Swedish: ['Färgpulver', 'Lucka öppen', 'Åtgärd krävs', 'Fylla på', 'Överföringsenhet', 'Återställ', 'Göteborg'],
  'Danish and Norwegian': ['Øverste bakke', 'Færdig', 'Påkrævet', 'Bøjet', 'Køkken', 'Småt'],
}

describe.each(Object.entries(PHRASES))('%s', (_, phrases) => {
  it.each(phrases)('%s, rightly, falsely and not declared', (phrase) => {
    for (const [charset, mibEnum] of Object.entries(WESTERN)) {
      const bytes = iconv.encode(phrase, charset)
      if (iconv.decode(bytes, charset) !== phrase) continue
      for (const declared of [...SAYS_NOTHING, 4, 17, 114, 1000, ...Object.values(WESTERN)]) {
        const read = decodeText(bytes, declared)
        expect({ declared, charset, text: read.text }).toEqual({ declared, charset, text: phrase })
        if (declared === mibEnum) expect(read.charset).toBe(charset)
      }
    }
  })
})

describe('Czech, Polish and Hungarian in Windows-1250 and Latin-2', () => {
  it.each([
    'Černý toner',
    'Žlutá',
    'Údržba',
    'Otevřený kryt',
    'Tlačítko',
    'Počet',
    'Tiskárna připravena',
    'Přenosový pás',
    'Plzeň',
    'Bęben',
    'Żółty',
    'Pojemnik na zużyty toner',
    'Włóż papier',
    'Łódź',
    'Piętro',
    'Błąd',
    'Gotowość',
    'Podajnik ręczny',
    'Fűtőegység',
    'Győr',
  ])('%s', (phrase) => {
    for (const [charset, mibEnum] of [
      ['windows-1250', 2250],
      ['iso-8859-2', 5],
    ] as const) {
      const bytes = iconv.encode(phrase, charset)
      for (const declared of [...SAYS_NOTHING, mibEnum]) expect(decodeText(bytes, declared).text).toBe(phrase)
    }
  })
})

describe('names of people and places in Latin-1', () => {
  it.each([
    'Núñez',
    'Zoë',
    'Anaïs',
    'François Lefèvre',
    'Besançon',
    'Nîmes',
    'Saint-Étienne',
    'Großmann',
    'Ångström',
    'Søren Kjær',
    'Århus',
    'Tromsø',
    'Málaga',
    'A Coruña',
    'João',
    'Curaçao',
    'Île-de-France',
    'Citroën',
    'Jyväskylä',
    'Reykjavík',
    'Administració, mòdul 2',
    'Suðurland',
  ])('%s', (name) => {
    for (const declared of [null, 4, 2252])
      expect(decodeText(iconv.encode(name, 'iso-8859-1'), declared).text).toBe(name)
  })
})

describe('UTF-16 that only its declaration shows', () => {
  const BIG = [1000, 1013, 1015]
  it.each([
    '印刷できます',
    '印刷',
    '用紙がありません',
    'HP 印刷',
    'A4用紙',
    '黑色墨粉',
    '缺纸',
    '就绪',
    '多功能纸盒',
    '紙匣',
    '용지 없음',
    'ตลับหมึก',
    'מדפסת',
  ])('%s', (text) => {
    for (const end of ['', '\0']) {
      for (const declared of BIG) {
        expect(decodeText(iconv.encode(text + end, 'utf-16be'), declared)).toMatchObject({ text, charset: 'utf-16be' })
      }
      expect(decodeText(iconv.encode(text + end, 'utf-16le'), 1014)).toMatchObject({ text, charset: 'utf-16le' })
    }
    expect(decodeText(Uint8Array.of(...iconv.encode(text, 'utf-16be'), 0), 1013).text).toBe(text)
  })

  it.each([
    'Tray 1',
    'Ready',
    'Sleep',
    'Open',
    'HP',
    'OK',
    'a4',
    '#1',
    'LaserJet',
    'MFC-L2750DW',
    'CE410A',
    'bizhub C258',
    'imageRUNNER2520i',
    'http://192.0.2.5/',
    'rm204',
    'Paper jam, open door B',
  ])('ASCII stays ASCII: %s', (text) => {
    for (const declared of [...BIG, 1014]) expect(decodeText(Buffer.from(text), declared).text).toBe(text)
  })

  it.each(['Tonerbehälter', 'Чёрный тонер', '黑色墨粉', '토너 부족', 'Bereit …'])('UTF-8 stays UTF-8: %s', (text) => {
    for (const declared of [...BIG, 1014, 17, 38, 114, 2026])
      expect(decodeText(Buffer.from(text), declared).text).toBe(text)
  })
})

describe('Chinese whose bytes are valid UTF-8', () => {
  it.each([114, 113, 2025, null, 3, 106])('declared %s', (declared) => {
    expect(decodeText(Buffer.from('C8B1D6BD', 'hex'), declared).text).toBe('缺纸')
  })

  it.each(['A→B', 'é', 'Ünïcode', 'Ελληνικά', 'Việt Nam', '20 µm', '😀 ok', '\ufffd\ufffd', 'Сanon'])(
    'but not %s',
    (text) => {
      for (const declared of [null, 17, 114]) expect(decodeText(Buffer.from(text), declared).text).toBe(text)
    },
  )
})

describe('what stays open', () => {
  // each reading is a word somewhere, and nothing beside it tells
  it.each([
    ['hp-roman8', null, 'RÉSERVÉ', 'RÜSERVÜ'],
    ['windows-1250', 4, 'Přízemí', 'Pøízemí'],
    ['windows-1250', null, 'Abhază', 'Abhazã'],
    ['hp-roman8', null, 'Birr éthiopien', 'Birr Åthiopien'],
  ])('%s declared as %s: %s is read as %s', (charset, declared, written, read) => {
    expect(decodeText(iconv.encode(written, charset), declared).text).toBe(read)
  })
})

describe('plausibility', () => {
  it.each([
    ['Büro', 'BÏro'],
    ['Für', 'FÏr'],
    ['Menü', 'MenÏ'],
    ['Tonerbehälter', 'Tonerbehðlter'],
    ['Gerät', 'Gerõt'],
    ['Gerät', 'Ger鋞'],
    ['Černý', 'Èerný'],
    ['Bęben', 'Bêben'],
    ['Bac à papier', 'Bac È papier'],
    ['缺纸', 'ȱֽ'],
    ['Webページ', 'Wﾍbペ'],
    ['1964–2022', '1964û2022'],
    ['Prêt', 'Prˆt'],
  ])('%s more than %s', (right, wrong) => {
    expect(scorePlausibility(right)).toBeGreaterThan(scorePlausibility(wrong) as number)
  })

  it('of one script', () => {
    expect(isOfOneScript('用紙がありません')).toBe(true)
    expect(isOfOneScript('ตลับหมึก')).toBe(true)
    expect(isOfOneScript('ㄱЖ')).toBe(false)
    expect(isOfOneScript('123')).toBe(false)
  })

  it('words in ASCII', () => {
    expect(looksLikeAsciiWords('Toner low (TN-328K)')).toBe(true)
    expect(looksLikeAsciiWords('SpR70g0M0~0Y')).toBe(false)
    expect(looksLikeAsciiWords('u(}\x19')).toBe(false)
  })

  it.each(['A', 'é', 'éA', '¡', 'ж', '缺A', 'ﾍ', 'Aé', '¡é', 'é '])('in no time for a long row of %s', (part) => {
    const start = performance.now()
    decodeText(iconv.encode(part.repeat(16_384), 'utf-8'), 114)
    decodeText(iconv.encode(part.repeat(16_384), 'windows-1252'), 1000)
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
