import type { Story } from './story.ts'

/** Vehicles robbed in Guatemala get papers in El Salvador and are taken apart in Honduras. */
export const STOLEN_VEHICLES: Story = {
  title: 'The vehicles of Escuintla',
  persons: [
    {
      key: 'rene',
      home: 'GT',
      sex: 'M',
      given: ['René', 'Francisco'],
      surnames: ['Coc', 'Villatoro'],
      birthDate: '1982-08-08',
      ordinals: { GT: 15, SV: 7, HN: 11 },
      nickname: 'El Chino',
      group: { name: 'Grupo Ceiba Caída', role: 'jefe de zona', since: '2019-07-01' },
    },
    {
      key: 'flor',
      home: 'SV',
      sex: 'F',
      given: ['Flor', 'de', 'María'],
      surnames: ['Quijano', 'de Henríquez'],
      birthDate: '1976-06-30',
      ordinals: { SV: 8 },
    },
  ],
  cases: [
    {
      key: 'parqueo',
      country: 'GT',
      town: 'Escuintla',
      filedOn: '2023-10-05',
      committed: ['2023-02-01', '2023-10-03'],
      category: 'PROSECUTION',
      status: 'CHARGED',
      conducts: ['VEHICLE_ROBBERY', 'CRIMINAL_GROUP'],
      narrative:
        'Once camionetas fueron robadas a mano armada con inhibidores de señal. El rastreo satelital de una de ellas terminó en Usulután ({placas}); los motores de otras dos aparecieron en El Progreso ({desarme}).',
      parts: [{ person: 'rene', role: 'ACCUSED' }],
      links: ['placas', 'desarme'],
    },
    {
      key: 'placas',
      country: 'SV',
      town: 'Usulután',
      filedOn: '2023-12-11',
      committed: ['2023-03-01', '2023-12-07'],
      category: 'COURT',
      status: 'IN_TRIAL',
      conducts: ['FORGERY', 'CRIMINAL_GROUP'],
      narrative:
        'Una gestora inscribió nueve vehículos con pólizas de importación falsas. Cuatro números de chasis coinciden con las denuncias del caso {parqueo}.',
      parts: [
        { person: 'flor', role: 'ACCUSED' },
        { person: 'rene', role: 'ACCUSED' },
      ],
      links: ['parqueo'],
    },
    {
      key: 'desarme',
      country: 'HN',
      town: 'El Progreso',
      filedOn: '2024-03-07',
      committed: ['2023-09-01', '2024-03-05'],
      category: 'INVESTIGATION',
      status: 'OPEN',
      conducts: ['VEHICLE_THEFT'],
      narrative:
        'En un taller se hallaron piezas de siete vehículos guatemaltecos listas para la venta. El dueño entregó los recibos firmados por quien los trajo ({parqueo}).',
      parts: [{ person: 'rene', role: 'SUSPECT', as: 'HN' }],
      links: ['parqueo', 'placas'],
    },
  ],
  requests: [
    {
      case: 'parqueo',
      requested: 'SV',
      madeOn: '2024-01-15',
      measures: ['SEARCH_SEIZE', 'TAKE_EVIDENCE'],
      urgency: 'ROUTINE',
      status: 'EXECUTED',
      concerns: ['placas'],
    },
    {
      case: 'placas',
      requested: 'HN',
      madeOn: '2024-04-02',
      measures: ['TAKE_EVIDENCE'],
      urgency: 'ROUTINE',
      status: 'MORE_INFO',
      concerns: ['desarme'],
    },
  ],
}
