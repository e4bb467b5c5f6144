import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import "./style/base.css";
import "./style/shell.css";
import "./style/buttons.css";
import "./style/guide.css";
import "./style/sidebar.css";
import "./style/channel.css";
import "./style/blocks.css";
import "./style/composer.css";
import "./style/dialog.css";
import "./style/notes.css";
import "./style/narrow.css";

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
