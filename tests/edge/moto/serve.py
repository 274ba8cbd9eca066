"""Starts moto's server at the port that is given, with one thing mended: it makes
the body that was signed out of what it understood of the request, which is not
always what was sent. Here it is what was sent."""

import io
import sys
import threading

from moto import server
from moto.iam import access_control

sent = threading.local()
answer = server.DomainDispatcherApplication.__call__
begin = access_control.IAMRequestBase.__init__


def keep_the_body(application, environment, start_response):
    length = int(environment.get("CONTENT_LENGTH") or 0)
    sent.body = environment["wsgi.input"].read(length)
    environment["wsgi.input"] = io.BytesIO(sent.body)
    return answer(application, environment, start_response)


def check_the_body(request, *arguments, **named):
    begin(request, *arguments, **named)
    request._body, request._data = sent.body, b""


server.DomainDispatcherApplication.__call__ = keep_the_body
access_control.IAMRequestBase.__init__ = check_the_body
server.main(["-H", "127.0.0.1", "-p", sys.argv[1]])
