#!/usr/bin/env node
/* Launcher. Old syntax on purpose: an old Node must be able to run this file and say what is wrong. */
var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  process.stderr.write("segathlon needs Node 22.18 or newer; this is Node " + process.versions.node + ". See https://nodejs.org\n");
  process.exit(2);
}
/* Colours are for terminals; the colour library would also paint the logs of a CI system. */
if (!process.stdout.isTTY && process.env.FORCE_COLOR === undefined) process.env.NO_COLOR = "1";
var fs = require("fs");
var path = require("path");
var url = require("url");
/* The real path: in a checkout npm links node_modules/segathlon to packages/cli, where sources run as they are. */
var here = fs.realpathSync(__dirname);
var source = path.join(here, "..", "src", "main.ts");
var built = path.join(here, "..", "dist", "main.js");
function run(file) {
  import(url.pathToFileURL(file).href).then(function (program) {
    return program.main(process.argv);
  });
}
if (here.split(path.sep).indexOf("node_modules") < 0 && fs.existsSync(source)) {
  var condition = "--conditions=@segathlon/source";
  if (process.execArgv.indexOf(condition) >= 0) {
    run(source);
  } else {
    var child = require("child_process").spawn(
      process.execPath,
      [condition].concat(process.execArgv, [__filename], process.argv.slice(2)),
      { stdio: "inherit" }
    );
    /* A terminal sends SIGINT to the whole group; a supervisor sends SIGTERM to this process only, so pass it on. */
    process.on("SIGINT", function () {});
    process.on("SIGTERM", function () {
      child.kill("SIGTERM");
    });
    process.on("SIGHUP", function () {
      child.kill("SIGHUP");
    });
    child.on("exit", function (code, signal) {
      process.exitCode = signal ? 2 : code;
    });
  }
} else {
  run(built);
}
