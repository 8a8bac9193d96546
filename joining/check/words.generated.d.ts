// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  title: 'country'
  well: never
  sum: 'errors' | 'notes' | 'warnings'
  errors: 'count'
  warnings: 'count'
  notes: 'count'
  notDone: 'count'
  'severities.error': never
  'severities.warning': never
  'severities.note': never
  'severities.unknown': never
  'severities.well': never
  'states.done': never
  'states.not-done': never
  'states.failed': never
  'parts.rules': never
  'parts.sdl': never
  'parts.graph': never
  'parts.operations': never
  'parts.certificates': never
  'parts.clock': never
  'parts.schema': never
  'parts.visibility': never
  'parts.rows': never
  'parts.references': never
  'parts.derived': never
  'parts.search': never
  'parts.timings': never
  'line.expected': never
  'line.came': never
  'line.remedy': never
  'line.rows': never
  'line.such': never
  'columns.finding': never
  'columns.place': never
  'columns.expected': never
  'columns.came': never
  'columns.remedy': never
  'columns.rows': never
  'partColumns.part': never
  'partColumns.state': never
  'partColumns.ms': never
  'doctor.summary': 'error' | 'unknown' | 'warning' | 'well'
  'doctor.areas.settings': never
  'doctor.areas.clock': never
  'doctor.areas.keys': never
  'doctor.areas.certificates': never
  'doctor.areas.database': never
  'doctor.areas.log': never
  'doctor.areas.disk': never
  'doctor.areas.ports': never
  'doctor.areas.reach': never
  'doctor.areas.versions': never
  'uses.nodeKey': never
  'uses.auditLogKey': never
  'uses.auditLogRefKeys': never
  'uses.tlsKey': never
  'uses.serverCertificate': never
  'uses.authorityCertificate': never
  'uses.clientAuthority': never
  'details.ways.exact': never
  'details.ways.withoutAccents': never
  'details.ways.withTypo': never
  'details.searchable': 'taskForce'
  'details.keyOfOther': 'key'
  'details.noSubgraph': 'domain'
  'details.usable': never
  'details.noTables': never
  'details.otherKey': 'came' | 'expected'
  'details.noKey': 'expected'
}
