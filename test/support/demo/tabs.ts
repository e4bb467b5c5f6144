import { type DemoApp, openDemoApp } from "./demo-app.js";
import { type Visitor, visit } from "./visitor.js";

/** One demo for a test file. Its tabs are closed after each test, so that no test depends on another. */
export interface Tabs {
  readonly testApp: DemoApp;
  /** Opens a new tab as this person, in #incidents, with no modal open. */
  become(id: string, size?: { readonly width?: number; readonly height?: number }): Promise<Visitor>;
  /** Adds a tab to those closed after the test. */
  add(tab: Visitor): void;
  /** An incident id that no other test of the file uses. */
  newIncident(): string;
  closeTabs(): Promise<void>;
  close(): Promise<void>;
}

export async function openTabs(): Promise<Tabs> {
  const testApp = await openDemoApp();
  let tabs: Visitor[] = [];
  let incidents = 100;
  const closeTabs = async (): Promise<void> => {
    await Promise.all(tabs.map((tab) => tab.close()));
    tabs = [];
  };
  return {
    testApp,
    become: async (id, size = {}) => {
      const tab = await visit(testApp.browser, testApp.address, { ...size, at: `#as=${id}&at=C0INCIDENTS` });
      tabs.push(tab);
      await tab.closeModals();
      return tab;
    },
    add: (tab) => void tabs.push(tab),
    newIncident: () => {
      incidents += 1;
      return `INC-${incidents}`;
    },
    closeTabs,
    close: async () => {
      await closeTabs();
      await testApp.close();
    },
  };
}
