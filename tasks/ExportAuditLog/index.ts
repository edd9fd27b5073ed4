import reportPage from 'report-page';
import { main } from '../common/step/main';
import type { InputName, OutputName } from './contract';

main<InputName, OutputName>(async () => {
  const { run } = await import('./run');
  return (parts) => run({ ...parts, reportPage });
});
