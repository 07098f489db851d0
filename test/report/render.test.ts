import { renderCsv } from '../../src/report/csv';
import { FORMATS } from '../../src/report/formats';
import { renderOcsf } from '../../src/report/ocsf';
import { render } from '../../src/report/render';
import { renderSarif } from '../../src/report/sarif';
import { renderText } from '../../src/report/text';
import { aShownFinding, aShownReport } from '../fixtures/shown-reports';

const report = aShownReport({ findings: [aShownFinding()], continuationToken: 'next' });
const expected = {
  json: JSON.stringify(report),
  csv: renderCsv(report),
  ocsf: renderOcsf(report),
  sarif: renderSarif(report),
  text: renderText(report),
};

it.each(FORMATS.filter((format) => format !== 'html'))(
  '%s is what its renderer makes of the report',
  async (format) => {
    expect(await render(report, format)).toBe(expected[format]);
  },
);
