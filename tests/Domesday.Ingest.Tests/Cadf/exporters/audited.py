"""An application behind keystonemiddleware's audit filter, which tells a RabbitMQ of each request: audited.py AMQP_URL MAP_FILE"""
import json
import sys

import oslo_messaging
import webob
from keystonemiddleware import audit
from oslo_config import cfg

url, map_file = sys.argv[1:]
catalog = json.dumps([{"type": "compute", "name": "nova", "endpoints": [
    {"id": "e1", "region": "R1", "adminURL": "http://127.0.0.1:8774/v2.1", "internalURL": "http://127.0.0.1:8774/v2.1", "publicURL": "http://127.0.0.1:8774/v2.1"}]}])


def application(environ, start_response):
    response = webob.Response(status=404 if "missing" in environ["PATH_INFO"] else 202, json_body={})
    return response(environ, start_response)


oslo_messaging.set_transport_defaults(control_exchange="nova")
conf = cfg.ConfigOpts()
conf([], project="audited")
filtered = audit.AuditMiddleware(application, audit_map_file=map_file, service_name="compute", oslo_config_config=conf,
                                 driver="messagingv2", transport_url=url, topics="notifications", use_oslo_messaging=True)
for method, path in (("POST", "/v2.1/servers"), ("DELETE", "/v2.1/servers/missing")):
    request = webob.Request.blank("http://127.0.0.1:8774" + path, method=method)
    request.remote_addr = "192.0.2.9"
    request.headers.update({
        "X-Identity-Status": "Confirmed", "X-User-Id": "u-1", "X-User-Name": "alice", "X-Project-Id": "p-1", "X-Project-Name": "shop", "X-Tenant-Id": "p-1", "X-Roles": "member",
        "X-Auth-Token": "gAAAAAsecrettoken", "X-Service-Catalog": catalog})
    print(method, path, request.get_response(filtered).status_int)
