// A real SMTP server for the tests: smtp-server, as npm has it. Prints one JSON line per event.
// Its certificate belongs to 127.0.0.1 and was made for these tests by a CA whose key was thrown away.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const { SMTPServer } = createRequire(new URL("../../../end2end/", here))("smtp-server");
const file = (name) => readFileSync(new URL(name, here));
const say = (event) => process.stdout.write(JSON.stringify(event) + "\n");
const { SMTP_USER: user, SMTP_PASSWORD: password, SMTP_IMPLICIT_TLS: implicit } = process.env;

const refusal = (message, responseCode) => Object.assign(new Error(message), { responseCode });
let busy = 1;

const server = new SMTPServer({
  secure: Boolean(implicit),
  key: file("key.pem"),
  cert: file("cert.pem"),
  authOptional: !user,
  disabledCommands: user ? [] : ["AUTH"],
  onAuth(auth, _session, done) {
    const good = auth.username === user && auth.password === password;
    done(good ? null : refusal("wrong", 535), { user: auth.username });
  },
  onRcptTo(address, _session, done) {
    if (address.address.startsWith("never")) return done(refusal("no such mailbox", 550));
    if (address.address.startsWith("later") && busy-- > 0) return done(refusal("try again", 451));
    done();
  },
  onData(stream, session, done) {
    let data = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => (data += chunk));
    stream.on("end", () => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      say({ mail: { secure: session.secure, user: session.user ?? null, to, data } });
      done();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => say({ port: server.server.address().port }));
// The test that started this ends it by closing its input.
process.stdin.on("end", () => process.exit(0)).resume();
