/** A run as the page tells it: more than the tab uses of it is not here. */
export interface HostBuild {
  readonly id: number;
  readonly project?: { readonly id: string; readonly name: string };
}

/** How the page around the tab behaves; part of the page, hence JSON. */
export interface HostScenario {
  readonly handshake: 'current' | 'legacy' | 'silent';
  readonly hasBuildEvents: boolean;
  /** Whether a new listener hears of the run at once. */
  readonly tellsAtOnce: boolean;
  /** Whether what a listener hears names the project. */
  readonly tellsProject: boolean;
  readonly hasPageData: boolean;
  readonly hasResourceAreas: boolean;
  readonly build: HostBuild | null;
  readonly collection: string;
  readonly token: string;
  readonly theme: Readonly<Record<string, string>> | null;
  readonly sandbox?: string;
  /** CSS; without it the frame is as high as the window. */
  readonly frameHeight?: string;
  /** Whether the frame takes the height that the tab asks for. */
  readonly resizes: boolean;
  readonly tabUrl: string;
  readonly tabOrigin: string;
}

/** What a test does with the page: `window.host`. */
export interface HostControl {
  /** Methods that the tab called, in their order. */
  readonly calls: readonly string[];
  buildChanged(build: HostBuild): void;
  changeTheme(theme: Readonly<Record<string, string>>): void;
}
