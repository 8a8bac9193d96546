import type { Story } from './story.ts'

/** A rancher is kidnapped in Honduras and held in Guatemala. */
export const BORDER_KIDNAPPING: Story = {
  title: 'The kidnapping of Danlí',
  persons: [
    {
      key: 'jorge',
      home: 'HN',
      sex: 'M',
      given: ['Jorge', 'Alberto'],
      surnames: ['Funes', 'Castillo'],
      birthDate: '1978-05-06',
      ordinals: { HN: 9, GT: 13 },
      nickname: 'El Zurdo',
      group: { name: 'Red del Jocote', role: 'jefe de zona', since: '2020-02-01' },
    },
    {
      key: 'karla',
      home: 'GT',
      sex: 'F',
      given: ['Karla', 'Patricia'],
      surnames: ['Orellana', 'de Girón'],
      birthDate: '1985-12-22',
      ordinals: { GT: 14, HN: 10 },
    },
  ],
  cases: [
    {
      key: 'hacendado',
      country: 'HN',
      town: 'Danlí',
      filedOn: '2024-01-16',
      committed: ['2024-01-14', '2024-01-16'],
      category: 'PROSECUTION',
      status: 'CHARGED',
      conducts: ['KIDNAPPING', 'EXTORTION'],
      narrative:
        'Un ganadero fue privado de libertad en el camino a su finca. Las llamadas de rescate salieron de torres de Huehuetenango y el primer pago se recogió en Esquipulas. La víctima fue liberada en el operativo del caso {cautiverio}.',
      parts: [{ person: 'jorge', role: 'ACCUSED', warrant: { issuedOn: '2024-02-01', extradition: true } }],
      links: ['cautiverio'],
    },
    {
      key: 'cautiverio',
      country: 'GT',
      town: 'Huehuetenango',
      filedOn: '2024-02-21',
      committed: ['2024-01-16', '2024-02-20'],
      category: 'COURT',
      status: 'IN_TRIAL',
      conducts: ['KIDNAPPING', 'CRIMINAL_GROUP'],
      narrative:
        'La Policía Nacional Civil liberó en una casa de la cabecera a un ciudadano hondureño que llevaba 35 días encadenado ({hacendado}). La casa la alquilaba una mujer que también compró los teléfonos.',
      parts: [
        { person: 'karla', role: 'ACCUSED' },
        { person: 'jorge', role: 'ACCUSED' },
      ],
      links: ['hacendado'],
    },
  ],
  requests: [
    {
      case: 'hacendado',
      requested: 'GT',
      madeOn: '2024-01-30',
      measures: ['SEARCH_SEIZE', 'TAKE_EVIDENCE'],
      urgency: 'IMMINENT_DANGER',
      status: 'EXECUTED',
      concerns: ['cautiverio'],
    },
    {
      case: 'cautiverio',
      requested: 'HN',
      madeOn: '2024-04-11',
      measures: ['TAKE_EVIDENCE', 'TRANSFER_PERSON'],
      urgency: 'ROUTINE',
      status: 'ACKNOWLEDGED',
      concerns: ['hacendado'],
    },
  ],
}
