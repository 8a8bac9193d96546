import type { Lexicon } from './lexicon.ts'

/** Sections 04 to 06: property, drugs. */
export const PROPERTY: Lexicon = {
  '04': 'delitos contra la propiedad con violencia; robos violentos; robos con violencia',
  '0401':
    'robo con violencia; robo con intimidación; robo con violencia o intimidación; asalto; robo calificado; robo agravado; robo violento; ' +
    'robo con retención de víctimas; robo con lesiones; robo con lesiones graves; robo con lesiones gravísimas; robo con castración; ' +
    'robo con homicidio; robo con violación; robo con secuestro; atraco; robo a mano armada; robo con armas; ~robo; armed robbery; robbery; ' +
    'asalto a mano armada; robo con fuerza en las personas; ~robo por sorpresa; latrocinio; asalto con arma; robo agravado con arma',
  '04011':
    'robo a personas; asalto a persona; robo con violencia a transeúnte; robo con intimidación a persona; ~robo con violencia; ' +
    '~robo con intimidación; ~robo por sorpresa; mugging; robo a pasajero; asalto a pasajero',
  '040111':
    'robo a transeúnte con violencia; robo en vía pública con violencia; robo a transeúnte; asalto en vía pública; robo con intimidación en vía pública; ' +
    'robo en transporte público con violencia; arrebato con violencia; street robbery; asalto a transeúnte; robo en bus; ~robo por sorpresa; arrebato; lanzazo',
  '040112':
    'robo a casa habitación con violencia; robo con intimidación en domicilio; asalto a vivienda; robo con violencia en lugar habitado; robo en domicilio con violencia; home invasion; turbazo',
  '04012': 'robo a transporte; robo en tránsito; robo de carga con violencia; robo en carretera; piratería terrestre',
  '040121':
    'robo de vehículo con violencia; robo de vehículo con intimidación; robo violento de vehículo; portonazo; encerrona; carjacking; ' +
    'robo de vehículo motorizado con violencia o intimidación; asalto a vehículo; robo de motocicleta con violencia; despojo de vehículo con violencia',
  '040129':
    'robo a transportista; asalto a camión; robo de mercancía en tránsito; piratería terrestre; robo a camión repartidor; robo a vehículo de carga; ' +
    'robo de carga; asalto a camión blindado; robo en carretera; asalto a furgón; robo a autotransporte; robo de valores en tránsito',
  '04013':
    'asalto a establecimiento; robo a negocio con violencia; robo a institución; robo con intimidación en establecimiento',
  '040131':
    'asalto a banco; robo a banco; robo a institución bancaria; robo a institución financiera; bank robbery; robo a cajero automático con violencia',
  '040132':
    'robo a negocio con violencia; asalto a negocio; asalto a tienda; robo con intimidación en local comercial; robo a establecimiento comercial con violencia; asalto a gasolinera; asalto a farmacia',
  '04014': 'robo de ganado con violencia; abigeato con violencia; robo de ganado; ~abigeato',
  '04019': '~robo con violencia; ~robo con intimidación; ~robo agravado; ~robo calificado',
  '05': 'delitos contra la propiedad; delitos contra el patrimonio; ~delitos patrimoniales; delitos contra la propiedad no violentos; robos no violentos',
  '0501':
    'robo con fuerza; robo con fuerza en las cosas; robo en lugar habitado; robo en lugar no habitado; robo con escalamiento; robo con fractura; ' +
    'escalamiento; robo en casa; hurto con fractura; hurto con escalamiento; burglary; housebreaking; breaking and entering; robo en establecimiento; ' +
    'robo por efracción; robo con efracción; robo con horadamiento',
  '05011':
    'robo a negocio; robo a negocio sin violencia; robo en local comercial; robo en establecimiento comercial; robo en lugar no habitado; robo a comercio; ' +
    'robo a empresa; robo en bodega; robo en oficina; robo a establecimiento; robo a cajero automático; robo en cajeros; alunizaje',
  '05012':
    'robo en lugar habitado; robo en casa habitación; robo a casa habitación; robo en domicilio; robo en vivienda; robo a residencia; robo en casa particular; ' +
    'robo en lugar destinado a la habitación; robo en lugar habitado o sus dependencias; hurto en casa habitada; robo domiciliario; robo a casa; dwelling burglary',
  '050121': '~robo en lugar habitado; ~robo a casa habitación; ~robo en domicilio',
  '050122': 'robo en casa de veraneo; robo en segunda vivienda; robo en casa de campo',
  '05013':
    'robo en escuela; robo en edificio público; robo en iglesia; robo en institución pública; robo en hospital; robo a escuela',
  '05019':
    '~robo en lugar no habitado; ~robo con fuerza; robo con fuerza en bodega; robo en sitio no destinado a la habitación',
  '0502':
    'hurto; hurto simple; hurto agravado; hurto falta; hurto de hallazgo; hurto calificado; robo simple; robo sin violencia; hurtos; larceny; ' +
    'robo en bienes nacionales de uso público; robo en sitios no destinados a la habitación; ~robo; hurto de uso; hurto famélico; hurto doméstico; ' +
    'hurto simple por un valor; ratería; sustracción de bienes; otros hurtos; robo en bienes nacionales; hurto entre parientes; robo común',
  '05021':
    'robo de vehículos y accesorios; hurto de vehículo o partes; ~robo de vehículo; robo de objetos de vehículo y accesorios; ~robo de accesorios de vehículos',
  '050211':
    'robo de vehículo; robo de vehículo motorizado; hurto de vehículo; hurto de vehículo automotor; robo de automóvil; robo de motocicleta; robo de auto; ' +
    'robo de camión; hurto de motocicleta; car theft; vehicle theft; robo de moto; robo de vehículo sin violencia; sustracción de vehículo',
  '050212':
    'hurto de uso de vehículo; uso no autorizado de vehículo; utilización ilegal de vehículo; joyriding; uso indebido de vehículo; apropiación de vehículo motorizado',
  '050213':
    'robo de accesorios de vehículo; robo de autopartes; robo de partes de vehículo; hurto de accesorios; robo de piezas de vehículo; robo de neumáticos; robo de llantas',
  '05022':
    'hurto a persona; hurto de bienes personales; hurto de objetos personales; robo de bicicleta; robo a persona sin violencia',
  '050221':
    'robo por sorpresa; carterismo; hurto a transeúnte; robo de celular; hurto de celular; pickpocketing; robo a transeúnte sin violencia; carterista; ' +
    'arrebato sin violencia; robo en transporte público sin violencia; lanza; arrebatamiento; bag snatching; hurto por arrebato; robo de cartera; robo al descuido; descuido',
  '050222':
    'tacha de vehículo; robo desde vehículo; robo de objetos de interior de vehículo; hurto de objetos en vehículo; robo de objetos de vehículo; robo al interior de vehículo; robo de o desde vehículo; theft from vehicle',
  '050229': '~hurto simple; robo de bicicleta; hurto de bicicleta; hurto de equipaje; hurto de encomienda',
  '05023':
    'hurto a empresa; hurto de bienes comerciales; hurto en establecimiento comercial; robo de mercancía; hurto por empleado; hurto por dependiente',
  '050231':
    'hurto en supermercado; hurto en tienda; hurto en local comercial; shoplifting; mechero; robo hormiga; hurto en autoservicio; hurto en comercio',
  '050239': 'robo de mercadería; hurto de mercancías; ~hurto agravado; hurto de combustible; robo de hidrocarburos',
  '05024':
    'robo de cables; robo de cables de tendido eléctrico; robo de cable de alumbrado; hurto de cables; hurto de bienes públicos; robo de alcantarillas; robo de señales; ' +
    'robo en bienes nacionales de uso público; hurto de redes de suministro público; hurto de bienes de redes de suministro público; robo de cobre; robo de cables telefónicos; hurto de bienes del estado',
  '05025':
    'abigeato; hurto de ganado; robo de ganado; cuatrerismo; robo de animales; hurto de animales; robo de semovientes; cattle rustling; hurto de semovientes; robo o hurto de animales; abigeato simple',
  '05026':
    'hurto de energía eléctrica; hurto de agua; hurto de gas; robo de energía; hurto de electricidad; hurto de servicios; hurto de señal; conexión clandestina; hurto de fluidos; sustracción de energía; telecomunicaciones hurto',
  '05029':
    '~hurto de hallazgo; ~hurto; ~robo en bienes nacionales de uso público; robo de cultivos; robo de madera; sustracción de madera; hurto de madera; profanación con robo; hurto de bienes culturales',
  '0503':
    'propiedad intelectual; propiedad industrial; derechos de autor; delitos contra la propiedad intelectual; infracción a ley de propiedad intelectual; piratería de obras; ' +
    'venta de discos piratas; copyright; marcas; delitos contra la propiedad industrial; piratería fonográfica; plagio de obra; patentes; reproducción ilegal de obras; venta de copias ilegales; ley de marcas',
  '0504':
    'daños; daños simples; daños calificados; daños a la propiedad; daño a propiedad ajena; incendio; incendio doloso; daño agravado; destrucción de bienes; estragos; ' +
    'incendio con peligro para las personas; incendio solo con daños o sin peligro de propagación; vandalismo; arson; criminal damage; incendio y otros estragos; otros estragos; incendio intencional; daño falta; ' +
    'daños culposos; incendio culposo; cuasidelito de incendio; cuasidelito de daños; daños en choque',
  '05041':
    'daño a monumentos nacionales; daños a bienes públicos; daño en bien de uso público; daño a bienes del estado; graffiti; rayado de muros; ' +
    'daños calificados; destrucción de señales; daño a vehículo policial; daño a cementerio; daños a monumento; daño a vías; destrucción de monumentos; deterioro de bienes culturales; ataque a infraestructura',
  '05042':
    '~daños simples; daño a vivienda; daño a vehículo; daños a propiedad privada; ~incendio; incendio de vehículo; incendio de casa; incendio en lugar habitado',
  '05043': 'daños a comercio; daños a local comercial; incendio de negocio; sabotaje a empresa',
  '05049':
    '~daños; ~estragos; ~incendio; alteración de cercos; daño a animales ajenos; daños en sembrados; destrucción de cultivos; incendio de bosques o mieses; incendio forestal',
  '0509':
    'usurpación !identidad !nombre !funciones !atribuciones; usurpación violenta; usurpación no violenta; usurpación de aguas; despojo; invasión de terreno; ocupación ilegal; toma de terrenos; alteración de deslindes; alteración de linderos; remoción de linderos; ' +
    'violación de morada; allanamiento de morada; violación de domicilio; ocupación de inmueble; squatting; usurpación de propiedad; invasión de propiedad; usurpación de inmueble; ' +
    'ingreso a propiedad ajena; entrada sin autorización; distracción de aguas; destrucción o alteración de deslindes; loteos irregulares; trespassing; perturbación de posesión; hallazgo de vehículo',
  '06': 'delitos relacionados con drogas; infracción a la ley de drogas; ley de drogas; delitos de drogas; narcoactividad; ley de estupefacientes; drug offences',
  '0601':
    'infracción a la ley de drogas; ley de drogas; ley 20000; ley 19366; ley 23737; delitos contra la salud narcóticos; posesión de drogas; posesión de narcóticos; tenencia de drogas; posesión simple de narcóticos; delitos de narcoactividad; ' +
    'tráfico o consumo de drogas; faltas ley de drogas; ley contra la narcoactividad; drogas; estupefacientes; sustancias estupefacientes; delitos contra la salud; decreto 4892; otras infracciones a la ley de drogas',
  '06011':
    'consumo de drogas; posesión para consumo; tenencia para consumo personal; ~consumo o porte; porte de drogas; drogas consumo personal',
  '060111':
    'consumo de drogas; posesión para el consumo; porte para consumo; consumo/porte en lugares públicos; consumo de drogas en lugar público; porte en lugares públicos; portar drogas; ' +
    'consumo o porte de drogas; tenencia para el consumo; posesión de marihuana; consumo de estupefacientes; falta consumo de droga; consumo en lugares de detención; consumo en recinto militar; ' +
    'consumo lugares públicos previo concierto; consumo de sustancias; consumo personal; posesión de drogas para consumo personal; drug possession; adquisición para consumo',
  '060112': 'cultivo para consumo personal; cultivo de cannabis para consumo; siembra para consumo',
  '06012':
    'tráfico, cultivo o producción de drogas; tráfico de drogas; narcotráfico; tráfico ilícito de drogas; producción y tráfico de drogas; drug trafficking; ~microtráfico; tráfico de estupefacientes',
  '060121':
    'contrabando de estupefacientes; tráfico de drogas; tráfico ilícito de drogas; microtráfico; tráfico de pequeñas cantidades; narcotráfico; narcomenudeo; venta de drogas; comercio de drogas; transporte de drogas; ' +
    'distribución de drogas; posesión con fines de tráfico; tráfico de estupefacientes; tráfico internacional de drogas; suministro de drogas; facilitación de drogas; promoción del tráfico de drogas; ' +
    'suministro indebido de drogas; suministro de hidrocarburos aromáticos; tenencia con fines de comercialización; comercialización de estupefacientes; promoción y fomento de drogas; tráfico internacional; ' +
    'facilitación de bienes al tráfico; facilitación de inmueble para tráfico; comercio, tráfico y almacenamiento ilícito; tráfico agravado de drogas; drug dealing; prescripción médica abusiva; sobornar médico drogas; exportación ilícita de drogas; importación de drogas; desvío de medicamentos controlados; narcoactividad tráfico',
  '060122':
    'elaboración de drogas; elaboración ilegal de drogas; fabricación de drogas; producción de drogas; producción de sustancias estupefacientes; manufactura de drogas; laboratorio clandestino; procesamiento de drogas; elaboración/producción de sustancias sicotrópicas; fabricación de estupefacientes',
  '060123':
    'cultivo de drogas; cultivo de marihuana; siembra de marihuana; cultivo de cannabis; cosecha de especies vegetales; plantaciones de droga; siembra y cultivo; cultivo/cosecha de especies vegetales productoras de estupefacientes; cultivo ilegal; amapola; coca; siembra de plantas estupefacientes; abandono de semillas',
  '060124':
    'precursores; desvío de precursores; tráfico de precursores; precursores químicos; producción y tráfico de precursores; insumos químicos; tráfico ilícito de insumos químicos; sustancias químicas esenciales',
  '060129':
    'asociación ilícita para tráfico de drogas; ~facilitación de bienes para tráfico; ~otras infracciones ley de drogas; asociación para el narcotráfico',
  '06019':
    '~otras infracciones a la ley de drogas; conspiración para tráfico de drogas; omisión de denuncia de drogas; revelación investigación drogas; falta a ley de drogas; asociación ilícita drogas; inducir a consumo de drogas; administrar drogas',
  '0602':
    'ley de alcoholes; infracción a la ley de alcoholes; alcohol y tabaco; bebidas alcohólicas; delitos ley de alcoholes; otras infracciones a la ley de alcoholes; alcoholes y tabacos',
  '06021':
    'infracciones a la ley de alcoholes; alcohol; bebidas alcohólicas; producción o consumo de alcohol; alcoholes',
  '060211':
    'consumo de alcohol en la vía pública; beber en la vía pública; ebriedad; consumo de bebidas alcohólicas en vía pública; ebriedad en la vía pública; ingesta de alcohol en la vía pública; consumo de alcohol por menores; embriaguez; consumir alcohol en lugares públicos',
  '060212':
    'expendio de alcohol; venta ilegal de alcohol; venta de alcohol a menores; expendio ilegal de bebidas alcohólicas; alcohol clandestino; expendio clandestino; venta clandestina de alcohol; venta de bebidas alcohólicas sin patente; ' +
    'adulteración de alcohol; fabricación clandestina de alcohol; expendio de bebidas alcohólicas a menores; producción ilegal de alcohol; contrabando de licor; venta de alcohol fuera de horario',
  '06022': 'ley del tabaco; infracción ley de tabaco; tabaco',
  '060222':
    'venta de tabaco; venta de cigarrillos; venta de cigarrillos de contrabando; tabaco a menores; contrabando de cigarrillos; comercio ilícito de tabaco',
  '06029':
    'inhalantes; venta de pegamento a menores; sustancias inhalables; venta de medicamentos sin receta; venta ilegal de medicamentos controlados',
}
