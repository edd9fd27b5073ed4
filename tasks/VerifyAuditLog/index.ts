import { main } from '../common/step/main';
import type { InputName, OutputName } from './contract';

main<InputName, OutputName>(async () => (await import('./run')).run);
