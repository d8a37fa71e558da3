declare module "virtual:shared-style.css";
