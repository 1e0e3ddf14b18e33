"""A receiver as the documentation shows it: PORT SECRET FILE CRASH_AFTER. Each request becomes a line of JSON in FILE before it
is answered; after CRASH_AFTER requests (0 = never) the program dies without an answer."""
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from standardwebhooks import Webhook, WebhookVerificationError

port, secret, path, crash_after = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
webhook, out, seen = Webhook(secret), open(path, "a"), 0


class Receiver(BaseHTTPRequestHandler):
    def receive(self):
        global seen
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            job, verified = webhook.verify(body, dict(self.headers))["job_id"], True
        except json.JSONDecodeError:  # of an empty body, after its signature was found right
            job, verified = None, True
        except WebhookVerificationError:
            job, verified = None, False
        line = {"id": self.headers["webhook-id"], "job": job, "verified": verified, "method": self.command}
        out.write(json.dumps(line | {"body": body.decode(), "path": self.path}) + "\n")
        out.flush()
        seen += 1
        if seen == crash_after:
            os._exit(9)
        self.send_response(204 if verified else 400)
        self.end_headers()

    do_POST = do_PUT = do_GET = receive

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    allow_reuse_address = True


server = Server(("127.0.0.1", port), Receiver)
print("listening", flush=True)
server.serve_forever()
