/**
 * The texts of article 25's table in Spanish, by the English ones that oversight gives (contract/audit-log/article-25/coverage-table.ts). Names of the log stand
 * between backquotes.
 */
export const COVERAGE_ES: Readonly<Record<string, string>> = {
  '`import` and `sync` with created rows': '`import` y `sync` con filas creadas',
  '`import` and `sync` with changed rows': '`import` y `sync` con filas cambiadas',
  '`request` at the gateway, `leg` at the country; for logs themselves `oversight`':
    '`request` en la pasarela, `leg` en el país; para los registros mismos, `oversight`',
  '`leg` at the country that gives; `disclosure` for what leaves otherwise; `oversight` with `recipient` for logs':
    '`leg` en el país que entrega; `disclosure` para lo que sale de otro modo; `oversight` con `recipient` para los registros',
  '`request` whose answer joins records of several countries':
    '`request` cuya respuesta reúne registros de varios países',
  '`record-erasure`, `salt-erasure`, `prune`, and `import` or `sync` with deleted rows':
    '`record-erasure`, `salt-erasure`, `prune`, e `import` o `sync` con filas borradas',
  '`time`': '`time`',
  '`by`': '`by`',
  '`country`': '`country`',
  '`legalBasis`, `source`': '`legalBasis`, `source`',
  '`reason`, `legalBasis`': '`reason`, `legalBasis`',
  '`grounds`: purpose, task force, legal basis, case ref':
    '`grounds`: finalidad, equipo conjunto, base legal, seudónimo del caso',
  '`actor`: agency, role, ref, `tokenId`, `tokenHash`':
    '`actor`: institución, función, seudónimo, `tokenId`, `tokenHash`',
  '`actor`: agency, country': '`actor`: institución, país',
  '`country` and `node` (a program answers; its rules are `access` and `policySet`)':
    '`country` y `node` (responde un programa; sus reglas son `access` y `policySet`)',
  'none: nothing is given on': 'ninguno: no se entrega nada',
  'What a country’s own system collects is in its log only if that system calls `istmo audit note import`.':
    'Lo que recoge el sistema propio de un país está en su registro solo si ese sistema llama a `istmo audit note import`.',
  '`by` is a label of the office for the person. Nobody outside the office vouches for it.':
    '`by` es el nombre que la oficina da a la persona. Fuera de la oficina nadie responde por él.',
  'The entry counts the changed rows. It does not name them: only the country’s own system knows the old values.':
    'El asiento cuenta las filas cambiadas. No las nombra: solo el sistema propio del país conoce los valores anteriores.',
  'The log names a caller by a ref. The issuer of the token finds the person by `tokenId`; the holder of the keys of refs finds the subject.':
    'El registro nombra a quien consulta por un seudónimo. El emisor de la credencial encuentra a la persona por `tokenId`; quien tiene las claves de seudónimos encuentra de quién es.',
  'A request without a token names nobody. It reads only public law, which is not personal data.':
    'Una solicitud sin credencial no nombra a nadie. Solo lee derecho público, que no son datos personales.',
  '`istmo audit prove`, `verify` and `check` show entries without an entry of the reading, because they also run where the reader has no own log.':
    '`istmo audit prove`, `verify` y `check` muestran asientos sin dejar asiento de la lectura, porque también funcionan donde quien lee no tiene registro propio.',
  'What a caller’s tool does with an answer is not seen. A console that exports or prints writes `disclosure`; other tools must be bound by contract.':
    'No se ve lo que el programa de quien consulta hace con una respuesta. Una consola que exporta o imprime escribe `disclosure`; a otros programas hay que obligarlos por contrato.',
  'The answer to a hit search names no record, so it leaves no ref (`istmo audit who-saw` counts these legs).':
    'La respuesta que solo dice si hay coincidencias no nombra un registro, así que no deja seudónimo (`istmo audit who-saw` cuenta esas consultas).',
  'It has no kind of its own. A request combines if the legs in its entry and in its continuations were answered by two countries or more.':
    'No tiene una clase propia. Una solicitud combina si dos países o más respondieron lo que está en su asiento y en las partes de él.',
  'A combination of records of one country in one answer is a consultation. What a tool combines later is not seen.':
    'Reunir registros de un solo país en una respuesta es una consulta. No se ve lo que un programa combina después.',
  '`salt-erasure` has the reason and no person: the holder of the log’s key erased it.':
    '`salt-erasure` tiene el motivo y no una persona: lo borró quien tiene la clave del registro.',
  'What a country’s own system deletes is in its log only if that system calls `istmo audit note record-erasure`. An import counts what it deleted without refs.':
    'Lo que borra el sistema propio de un país está en su registro solo si ese sistema llama a `istmo audit note record-erasure`. Una importación cuenta lo que borró, sin seudónimos.',
}
