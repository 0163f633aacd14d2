import assert from "node:assert/strict";
import { test } from "node:test";
import { stemWord } from "./porter-stemmer.js";

/** The examples of Porter's paper and the irregular forms; stems as Python's nltk gives them. */
const words = `
  caresses ponies ties cats feed agreed plastered bled motoring sing conflated troubled sized hopping
  tanned falling hissing fizzed failing filing happy sky enjoy spy relational conditional rational
  valency hesitancy digitizer conformably radically differently vilely analogously vietnamization
  predication operator feudalism decisiveness hopefulness callousness formality sensitivity
  sensibility triplicate formative formalize electricity electrical hopeful goodness revival allowance
  inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent
  adoption homologous communism activate angularity effective bowdlerize probate rate cease controll
  roll dying tied studied innings geology hopefully totally on be succeed yyyy syzygy at
`;
const stems = `
  caress poni tie cat feed agre plaster bled motor sing conflat troubl size hop tan fall hiss fizz
  fail file happi sky enjoy spi relat condit ration valenc hesit digit conform radic differ vile
  analog vietnam predic oper feudal decis hope callous formal sensit sensibl triplic form formal
  electr electr hope good reviv allow infer airlin gyroscop adjust defens irrit replac adjust depend
  adopt homolog commun activ angular effect bowdler probat rate ceas control roll die tie studi inning
  geolog hope total on be succeed yyyi syzygi at
`;

test("stems are nltk's", () => {
  assert.deepEqual(words.trim().split(/\s+/).map(stemWord), stems.trim().split(/\s+/));
});
