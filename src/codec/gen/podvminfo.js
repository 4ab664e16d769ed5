/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["podvminfo"] || ($protobuf.roots["podvminfo"] = {});

export const podvminfo = $root.podvminfo = (() => {

    /**
     * Namespace podvminfo.
     * @exports podvminfo
     * @namespace
     */
    const podvminfo = {};

    podvminfo.GetInfoRequest = (function() {

        /**
         * Properties of a GetInfoRequest.
         * @typedef {Object} podvminfo.GetInfoRequest.$Properties
         * @property {string|null} [PodName] GetInfoRequest PodName
         * @property {string|null} [PodNamespace] GetInfoRequest PodNamespace
         * @property {boolean|null} [Wait] GetInfoRequest Wait
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetInfoRequest.
         * @memberof podvminfo
         * @interface IGetInfoRequest
         * @augments podvminfo.GetInfoRequest.$Properties
         * @deprecated Use podvminfo.GetInfoRequest.$Properties instead.
         */

        /**
         * Shape of a GetInfoRequest.
         * @typedef {podvminfo.GetInfoRequest.$Properties} podvminfo.GetInfoRequest.$Shape
         */

        /**
         * Constructs a new GetInfoRequest.
         * @memberof podvminfo
         * @classdesc Represents a GetInfoRequest.
         * @constructor
         * @param {podvminfo.GetInfoRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetInfoRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetInfoRequest PodName.
         * @member {string} PodName
         * @memberof podvminfo.GetInfoRequest
         * @instance
         */
        GetInfoRequest.prototype.PodName = "";

        /**
         * GetInfoRequest PodNamespace.
         * @member {string} PodNamespace
         * @memberof podvminfo.GetInfoRequest
         * @instance
         */
        GetInfoRequest.prototype.PodNamespace = "";

        /**
         * GetInfoRequest Wait.
         * @member {boolean} Wait
         * @memberof podvminfo.GetInfoRequest
         * @instance
         */
        GetInfoRequest.prototype.Wait = false;

        /**
         * Creates a new GetInfoRequest instance using the specified properties.
         * @function create
         * @memberof podvminfo.GetInfoRequest
         * @static
         * @param {podvminfo.GetInfoRequest.$Properties=} [properties] Properties to set
         * @returns {podvminfo.GetInfoRequest} GetInfoRequest instance
         * @type {{
         *   (properties: podvminfo.GetInfoRequest.$Shape): podvminfo.GetInfoRequest & podvminfo.GetInfoRequest.$Shape;
         *   (properties?: podvminfo.GetInfoRequest.$Properties): podvminfo.GetInfoRequest;
         * }}
         */
        GetInfoRequest.create = function(properties) {
            return new GetInfoRequest(properties);
        };

        /**
         * Encodes the specified GetInfoRequest message. Does not implicitly {@link podvminfo.GetInfoRequest.verify|verify} messages.
         * @function encode
         * @memberof podvminfo.GetInfoRequest
         * @static
         * @param {podvminfo.GetInfoRequest.$Properties} message GetInfoRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetInfoRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.PodName != null && $Object.hasOwnProperty.call(message, "PodName") && message.PodName !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.PodName);
            if (message.PodNamespace != null && $Object.hasOwnProperty.call(message, "PodNamespace") && message.PodNamespace !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.PodNamespace);
            if (message.Wait != null && $Object.hasOwnProperty.call(message, "Wait") && message.Wait !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.Wait);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetInfoRequest message from the specified reader or buffer.
         * @function decode
         * @memberof podvminfo.GetInfoRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {podvminfo.GetInfoRequest & podvminfo.GetInfoRequest.$Shape} GetInfoRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetInfoRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.podvminfo.GetInfoRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.PodName = value;
                        else
                            delete message.PodName;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.PodNamespace = value;
                        else
                            delete message.PodNamespace;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.Wait = value;
                        else
                            delete message.Wait;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for GetInfoRequest
         * @function getTypeUrl
         * @memberof podvminfo.GetInfoRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        GetInfoRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/podvminfo.GetInfoRequest";
        };

        return GetInfoRequest;
    })();

    podvminfo.GetInfoResponse = (function() {

        /**
         * Properties of a GetInfoResponse.
         * @typedef {Object} podvminfo.GetInfoResponse.$Properties
         * @property {string|null} [VMID] GetInfoResponse VMID
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetInfoResponse.
         * @memberof podvminfo
         * @interface IGetInfoResponse
         * @augments podvminfo.GetInfoResponse.$Properties
         * @deprecated Use podvminfo.GetInfoResponse.$Properties instead.
         */

        /**
         * Shape of a GetInfoResponse.
         * @typedef {podvminfo.GetInfoResponse.$Properties} podvminfo.GetInfoResponse.$Shape
         */

        /**
         * Constructs a new GetInfoResponse.
         * @memberof podvminfo
         * @classdesc Represents a GetInfoResponse.
         * @constructor
         * @param {podvminfo.GetInfoResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetInfoResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetInfoResponse VMID.
         * @member {string} VMID
         * @memberof podvminfo.GetInfoResponse
         * @instance
         */
        GetInfoResponse.prototype.VMID = "";

        /**
         * Creates a new GetInfoResponse instance using the specified properties.
         * @function create
         * @memberof podvminfo.GetInfoResponse
         * @static
         * @param {podvminfo.GetInfoResponse.$Properties=} [properties] Properties to set
         * @returns {podvminfo.GetInfoResponse} GetInfoResponse instance
         * @type {{
         *   (properties: podvminfo.GetInfoResponse.$Shape): podvminfo.GetInfoResponse & podvminfo.GetInfoResponse.$Shape;
         *   (properties?: podvminfo.GetInfoResponse.$Properties): podvminfo.GetInfoResponse;
         * }}
         */
        GetInfoResponse.create = function(properties) {
            return new GetInfoResponse(properties);
        };

        /**
         * Encodes the specified GetInfoResponse message. Does not implicitly {@link podvminfo.GetInfoResponse.verify|verify} messages.
         * @function encode
         * @memberof podvminfo.GetInfoResponse
         * @static
         * @param {podvminfo.GetInfoResponse.$Properties} message GetInfoResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetInfoResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.VMID != null && $Object.hasOwnProperty.call(message, "VMID") && message.VMID !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.VMID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetInfoResponse message from the specified reader or buffer.
         * @function decode
         * @memberof podvminfo.GetInfoResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {podvminfo.GetInfoResponse & podvminfo.GetInfoResponse.$Shape} GetInfoResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetInfoResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.podvminfo.GetInfoResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.VMID = value;
                        else
                            delete message.VMID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for GetInfoResponse
         * @function getTypeUrl
         * @memberof podvminfo.GetInfoResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        GetInfoResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/podvminfo.GetInfoResponse";
        };

        return GetInfoResponse;
    })();

    return podvminfo;
})();

export {
  $root as default
};
