// One script and one stylesheet with fixed names: the pages add ?version themselves. Nothing is loaded from elsewhere.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: process.env.GONGKAI_WEB_OUT ?? "../web/editor",
    emptyOutDir: true,
    assetsInlineLimit: 100_000,
    cssCodeSplit: false,
    modulePreload: false,
    target: "es2022",
    rollupOptions: {
      input: "src/editor.js",
      output: { entryFileNames: "editor.js", assetFileNames: "editor[extname]", inlineDynamicImports: true },
    },
  },
});
