//! The names under which shops keep product facts in their scripts. ONE table for names, one for places of other products.

/// What a named value in a script says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Name,
    Sku,
    /// A number of the shop's own database.
    Id,
    Gtin,
    Mpn,
    Brand,
    Price,
    ListPrice,
    Currency,
    Availability,
    /// An object of prices, whose own names then count.
    Prices,
    /// An amount inside an object of prices.
    Amount,
    /// Products that are not the page's own.
    Elsewhere,
}

/// Longer names are none of these.
const MAX_KEY_BYTES: usize = 32;

/// What a name says: `"product_price"`, `productPrice` and `PRODUCT-PRICE` are one name.
pub(super) fn key(name: &str) -> Option<Key> {
    if name.len() > MAX_KEY_BYTES {
        return None;
    }
    let mut folded = [0u8; MAX_KEY_BYTES];
    let mut length = 0;
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            folded[length] = byte.to_ascii_lowercase();
            length += 1;
        } else if !matches!(byte, b'_' | b'-' | b'.' | b' ' | b'$' | b'@') {
            return None;
        }
    }
    known(&folded[..length])
}

fn known(folded: &[u8]) -> Option<Key> {
    Some(match folded {
        b"name" | b"title" | b"productname" | b"producttitle" | b"itemname" | b"displayname" | b"producttitel" => {
            Key::Name
        }
        b"sku" | b"productsku" | b"skucode" | b"skuid" | b"itemsku" | b"articlenumber" | b"artikelnummer"
        | b"articleno" | b"artnr" | b"artikelnr" | b"itemnumber" | b"productcode" | b"productnumber"
        | b"ordernumber" | b"asin" | b"partnumber" | b"productreference" | b"reference" | b"displayreference"
        | b"displaycode" => Key::Sku,
        b"id" | b"productid" | b"itemid" | b"pid" | b"prodid" | b"articleid" | b"ecommprodid" | b"productids"
        | b"contentids" | b"contentid" | b"offerid" | b"listingid" | b"objectid" | b"masterid" | b"auctionid" => {
            Key::Id
        }
        b"gtin" | b"gtin8" | b"gtin12" | b"gtin13" | b"gtin14" | b"ean" | b"ean13" | b"eancode" | b"barcode"
        | b"upc" | b"isbn" | b"isbn13" | b"productean" | b"productgtin" | b"ean13code" => Key::Gtin,
        b"mpn"
        | b"manufacturerpartnumber"
        | b"mfrpartnumber"
        | b"manufacturersku"
        | b"herstellernummer"
        | b"modelnumber"
        | b"supplierreference"
        | b"manufacturernumber" => Key::Mpn,
        b"brand" | b"brandname" | b"vendor" | b"manufacturer" | b"manufacturername" | b"itembrand"
        | b"productbrand" | b"marke" | b"hersteller" | b"marque" | b"productvendor" => Key::Brand,
        b"price" | b"saleprice" | b"currentprice" | b"finalprice" | b"productprice" | b"sellingprice"
        | b"offerprice" | b"specialprice" | b"pricevalue" | b"priceamount" | b"displayprice" | b"ecommtotalvalue"
        | b"bestprice" | b"itemprice" | b"pricewithtax" | b"pricegross" | b"grossprice" | b"salesprice" => Key::Price,
        b"listprice" | b"originalprice" | b"oldprice" | b"compareatprice" | b"regularprice" | b"wasprice"
        | b"strikeprice" | b"msrp" | b"rrp" | b"uvp" | b"retailprice" | b"list" | b"regular" => Key::ListPrice,
        b"currency" | b"currencycode" | b"pricecurrency" | b"currencyiso" | b"currencyisocode" | b"productcurrency" => {
            Key::Currency
        }
        b"availability"
        | b"available"
        | b"instock"
        | b"isinstock"
        | b"stockstatus"
        | b"isavailable"
        | b"availableforsale"
        | b"soldout"
        | b"issoldout"
        | b"outofstock"
        | b"isoutofstock"
        | b"productavailability"
        | b"availabilitystatus"
        | b"purchasable"
        | b"stock" => Key::Availability,
        b"prices" | b"pricing" | b"priceinfo" | b"pricedata" | b"pricemodel" | b"pricerange" | b"priceinformation" => {
            Key::Prices
        }
        b"value" | b"amount" | b"raw" | b"current" | b"gross" | b"sale" | b"sales" | b"final" => Key::Amount,
        b"impressions"
        | b"related"
        | b"relatedproducts"
        | b"recommendations"
        | b"recommendedproducts"
        | b"recommended"
        | b"crosssell"
        | b"crossselling"
        | b"crosssells"
        | b"crosssellproducts"
        | b"upsell"
        | b"upsells"
        | b"upsellproducts"
        | b"similar"
        | b"similarproducts"
        | b"accessories"
        | b"accessory"
        | b"bundle"
        | b"bundles"
        | b"bundleproducts"
        | b"cart"
        | b"basket"
        | b"minicart"
        | b"wishlist"
        | b"recentlyviewed"
        | b"alternatives"
        | b"bestsellers"
        | b"bestseller"
        | b"searchresults"
        | b"promotions"
        | b"banners"
        | b"warranties"
        | b"insurances"
        | b"menu"
        | b"navigation"
        | b"breadcrumbs"
        | b"breadcrumb"
        | b"categories"
        | b"translations"
        | b"organization"
        | b"facets"
        | b"filters"
        | b"reviews"
        | b"frequentlybought"
        | b"alsobought"
        | b"alsoviewed"
        | b"freegift"
        | b"gifts"
        | b"addons"
        | b"sponsored"
        | b"shippingmethods" => Key::Elsewhere,
        _ => return None,
    })
}

/// Events that list other products, or what lies in the basket.
pub(super) fn is_elsewhere_event(text: &str) -> bool {
    matches!(
        text,
        "view_item_list"
            | "select_item"
            | "view_cart"
            | "begin_checkout"
            | "productImpressions"
            | "productImpression"
            | "impressions"
            | "purchase"
            | "view_promotion"
    )
}

/// Names of availability that say the opposite of what their `true` would.
pub(super) fn is_negative(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("out") && (name.contains("sold") || name.contains("stock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded() {
        for name in ["product_price", "productPrice", "PRODUCT-PRICE"] {
            assert_eq!(key(name), Some(Key::Price));
        }
        assert_eq!(key("ecomm_prodid"), Some(Key::Id));
        assert_eq!(key("prices"), Some(Key::Prices));
        assert_eq!(key("price!"), None);
        assert_eq!(key(&"p".repeat(99)), None);
        assert!(is_negative("isOutOfStock") && is_negative("sold_out") && !is_negative("inStock"));
    }
}
